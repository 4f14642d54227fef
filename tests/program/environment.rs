//! What a program that `run` starts has in its environment: the secrets, and nothing of ours.

use std::os::unix::fs::PermissionsExt;

use crate::world::World;

#[tokio::test]
async fn the_directory_of_credentials_is_passed_on_only_where_our_key_is_not_in_it() {
    let world = World::connected().await;
    world.create(&[]).await;
    let credentials = world.path("credentials");
    std::fs::create_dir(&credentials).expect("made");
    std::fs::write(credentials.join("other"), "theirs").expect("written");
    let started = async || {
        let mut command = world.command(&["run", "--environment", "prod", "--", "env"]);
        let output = command.env("CREDENTIALS_DIRECTORY", &credentials).output().await.expect("it starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let with = started().await;
    assert!(with.contains("CREDENTIALS_DIRECTORY=") && with.contains("OKTA_CLIENT_SECRET="), "{with}");
    assert!(!with.contains("WINDLASS_"), "{with}");
    let key = credentials.join("windlass.key");
    std::fs::copy(world.path("config/windlass/master.key"), &key).expect("copied");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o400)).expect("set");
    let without = started().await;
    assert!(!without.contains("CREDENTIALS_DIRECTORY") && without.contains("OKTA_CLIENT_SECRET="), "{without}");
}

#[tokio::test]
async fn no_rotation_is_given_a_name_that_steers_programs() {
    let world = World::connected().await;
    let create = ["rotation", "create", "payments", "--connection", "acme", "--app", "Payments", "--dry-run"];
    for (option, name) in [("--client-secret-name", "LD_PRELOAD"), ("--client-id-name", "windlass_socket")] {
        let said = world.fails(2, &[&create[..], &[option, name]].concat()).await;
        assert!(said.contains(name) && said.contains("would do"), "{said}");
    }
    world.create(&[]).await;
    let said = world.fails(2, &["rotation", "update", "payments", "--client-secret-name", "PYTHONSTARTUP"]).await;
    assert!(said.contains("PYTHONSTARTUP") && said.contains("nothing was changed"), "{said}");
}
