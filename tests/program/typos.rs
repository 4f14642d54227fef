//! A typo that lies in the config: whoever does not need that line continues, and the rest is reported.

use crate::pty::Pty;
use crate::world::World;

fn configure(world: &World, text: &str) {
    std::fs::write(world.path("config/windlass/config.toml"), text).expect("written");
}

const GET: [&str; 3] = ["secret", "get", "OKTA_CLIENT_SECRET"];

#[tokio::test]
async fn consumers_read_on_whatever_is_mistyped_elsewhere() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    for text in [
        "[keys]\nrotat = [\"r\"]\n",
        "[keys]\nrotate = [\"Esc\"]\n",
        "[ui]\ntheem = \"dark\"\n",
        "[ui]\nglyphs = 7\n",
        "[notify]\ncommand = []\n",
        "[drift]\nevery = \"1 fortnight\"\n",
        "[network]\ncall_timeout = \"never\"\n",
        "[netwrok]\n",
        "[keys\nrotate = [\"r\"]\n",
        "<<<<<<< HEAD\n[ui]\n=======\n",
        "\u{1}\u{2}",
    ] {
        configure(&world, text);
        let read = world.run(&GET).await;
        assert_eq!((read.status, read.stdout.trim_end()), (0, value.as_str()), "{text:?}: {read:?}");
        assert!(read.stderr.contains("line 1") || read.stderr.contains("line 2"), "{text:?}: {read:?}");
        let run = world.run(&["run", "--", "sh", "-c", "printf %s \"$OKTA_CLIENT_SECRET\""]).await;
        assert_eq!((run.status, run.stdout.as_str()), (0, value.as_str()), "{text:?}: {run:?}");
        world.ok(&["export", "--format", "json"]).await;
        world.ok(&["rotation", "list"]).await;
        assert_ne!(world.run(&["status"]).await.status, 2, "{text:?}");
        let doctor = world.run(&["doctor"]).await;
        assert!(doctor.status == 1 && doctor.stdout.contains("config.toml, line"), "{text:?}: {doctor:?}");
    }
}

#[tokio::test]
async fn the_environment_is_never_guessed_and_doctor_reports_every_line() {
    let world = World::connected().await;
    world.create(&[]).await;
    configure(&world, "[defaults]\nenviroment = \"dev\"\n[keys]\nrotat = [\"r\"]\n[ui]\ntheme = \"drak\"\n");
    let refused = world.fails(2, &GET).await;
    assert!(refused.contains("line 2") && refused.contains("did you mean `environment`?"), "{refused}");
    assert!(refused.contains("--environment"), "{refused}");
    world.ok(&[&GET[..], &["--environment", "prod"]].concat()).await;
    let doctor = world.run(&["doctor"]).await;
    for said in ["line 2", "`environment`", "line 4", "`rotate`", "line 6", "`dark`"] {
        assert!(doctor.stdout.contains(said), "{said}: {doctor:?}");
    }
}

#[tokio::test]
async fn an_engine_runs_without_what_it_does_not_need_and_the_screen_opens_and_says_so() {
    let world = World::connected().await;
    world.create(&[]).await;
    configure(&world, "[keys]\nrotat = [\"r\"]\nretry = [\"d\"]\n[ui]\ntheme = \"drak\"\n");
    let serve = world.serve().await;
    let mut ui = Pty::open(&world, true);
    ui.until("`rotat`").await;
    ui.until("`drak`").await;
    ui.until("`delete`").await;
    ui.keys("q");
    ui.resize(81, 24);
    ui.until("engine: service").await;
    ui.keys("r");
    ui.until("payments now?").await;
    ui.keys("\u{3}");
    assert_eq!(ui.quits().await, Some(0));
    assert_eq!(serve.stop().await.0, 0);
    // What it needs, it refuses to be without.
    configure(&world, "[network]\nca_fil = \"x.pem\"\n");
    let refused = world.fails(2, &["serve"]).await;
    assert!(refused.contains("line 2") && refused.contains("did you mean `ca_file`?"), "{refused}");
    let refused = world.run(&["rotation", "rotate", "payments", "--yes"]).await;
    assert!(refused.status == 2 && refused.stderr.contains("line 2"), "{refused:?}");
    // The screen says it where it would have to be the engine, and continues once the line is right.
    let mut ui = Pty::open(&world, true);
    ui.until("The config file").await;
    ui.resize(100, 30);
    ui.until("The engine cannot be opened.").await;
    configure(&world, "");
    ui.keys("r");
    ui.until("payments").await;
    assert_eq!(ui.quits().await, Some(0));
}
