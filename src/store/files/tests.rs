use std::fs;

use crate::store::testing::Place;

#[test]
fn threads_of_sled_are_not_woken_to_find_that_there_is_nothing_to_do() {
    let _store = Place::new().open_sled();
    let mut seen = 0;
    for task in fs::read_dir("/proc/self/task").expect("tasks").map_while(Result::ok) {
        // Threads come and go meanwhile.
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        let id = task.file_name();
        let slack = fs::read_to_string(format!("/proc/{}/timerslack_ns", id.display())).unwrap_or_default();
        if name.starts_with("sled-io") && !slack.is_empty() {
            seen += 1;
            assert!(slack.trim().parse::<u64>().expect("nanoseconds") > 60_000_000_000, "{name}: {slack}");
        }
    }
    assert!(seen > 0);
}
