//! What hands and terminals send that no one meant: none of it is taken for a key.

use crate::pty::Pty;
use crate::service::RSA;
use crate::world::World;

/// Help opens: what came before opened nothing, and the program is there. By keys that are no letters: those may still belong
/// to what was pasted.
async fn nothing_happened(ui: &mut Pty, what: &str, columns: u16) {
    ui.keys("\u{1b}OP");
    ui.until("Keys here").await;
    ui.keys("\u{3}");
    // The list is whole again before the next one.
    ui.resize(columns, 24);
    ui.until("payments").await;
    let seen = String::from_utf8_lossy(&ui.written()).into_owned();
    assert!(!seen.contains("now?"), "{what}: a question was opened");
}

#[tokio::test]
async fn late_answers_of_a_terminal_and_pasted_text_open_and_change_nothing() {
    let world = World::connected().await;
    world.create(&[]).await;
    let mut ui = Pty::open(&world, true);
    ui.until("payments").await;
    let mut columns = 82;
    for sent in [
        "\u{1b}]11;rgb:1e1e/1e1e/1e1e\u{1b}\\",
        "\u{1b}]10;rgb:ryry/ryry/ryry\u{7}",
        "\u{1b}P1+r4d73=ry\u{1b}\\",
        "\u{1b}_Gi=1;ry\u{1b}\\",
        "\u{1b}[?62;22c\u{1b}[12;40R\u{1b}[I",
        "retry, yes: ry",
        "rotate payments\ryes\ry\r",
    ] {
        ui.keys(sent);
        columns += 1;
        nothing_happened(&mut ui, sent, columns).await;
    }
    ui.resize(30, 8);
    ui.until("needs 40x10").await;
    ui.keys("r");
    ui.keys("y");
    // The only key that shows something there: those before it were taken by then.
    ui.keys("\u{3}");
    ui.until("Stay").await;
    ui.keys("s");
    ui.until("no other key").await;
    ui.resize(80, 24);
    ui.until("payments").await;
    nothing_happened(&mut ui, "below the smallest size", 81).await;
    assert_eq!(ui.quits().await, Some(0));
    let history = world.json(&["history", "payments"]).await;
    assert_eq!(history["history"].as_array().map(Vec::len), Some(1), "{history}");
}

#[tokio::test]
async fn a_key_that_is_pasted_without_brackets_stays_in_its_field() {
    let world = World::connected().await;
    let mut ui = Pty::open(&world, true);
    ui.until("Nothing rotates yet").await;
    ui.keys("2");
    ui.until("acme").await;
    ui.keys("n");
    ui.until("New connection").await;
    ui.keys("\tother\thttps://other.okta.com\t\u{1b}[C\t0oa1\t");
    ui.until("unseen").await;
    // As Enter would end its lines.
    ui.keys(&RSA.replace('\n', "\r"));
    ui.until("lines").await;
    // Left and looked at whole: neither the key nor a part of it stands anywhere.
    ui.resize(100, 40);
    ui.until("Private Key").await;
    let written = String::from_utf8_lossy(&ui.written()).into_owned();
    for line in RSA.lines().filter(|line| !line.is_empty()) {
        assert!(!written.contains(line), "{line} was on the screen");
    }
    ui.keys("\u{3}");
    assert_eq!(ui.quits().await, Some(0));
    assert_eq!(world.json(&["connection", "list"]).await["appConnections"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_no_consumer_has_the_successor_of_wants_the_name() {
    let world = World::connected().await;
    world.create(&[]).await;
    let old = world.previous().await.expect("the original");
    let mut ui = Pty::open(&world, true);
    ui.until("payments").await;
    ui.keys("r");
    ui.until("or type payments:").await;
    ui.keys("y");
    ui.until("Cancel: Esc").await;
    ui.keys("\u{7f}");
    ui.keys("s");
    ui.until("once the old secret has gone").await;
    ui.keys("r");
    ui.until("or type payments:").await;
    let still = |world: &World| world.app("Payments").secrets.iter().any(|secret| secret.id == old && secret.active);
    assert!(still(&world), "nothing was cut");
    // To the end of the plan: before that the name alone does nothing.
    ui.keys("\u{1b}[6~");
    ui.keys("\u{1b}[6~");
    ui.keys("\u{1b}[200~payments\u{1b}[201~");
    ui.until("Rotate").await;
    ui.keys("\r");
    ui.until("rotated; version 2 is published").await;
    assert!(!still(&world));
    assert_eq!(ui.quits().await, Some(0));
    world.converged().await;
}
