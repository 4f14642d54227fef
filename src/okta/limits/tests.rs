//! Pacing: what the headers say, who may go when, and that no one is refused.

use std::pin::pin;

use futures_util::FutureExt;
use futures_util::future::join_all;
use reqwest::header::HeaderValue;

use super::*;
use crate::core::connection::Auth;
use crate::core::name::Origin;
use crate::core::protocol::call::Call;
use crate::core::secret::SecretValue;
use crate::net::Network;
use crate::okta::Client;
use crate::sandbox::{Options, start};

fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-02T12:00:00Z").expect("an instant").to_utc()
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, HeaderValue::from_str(value).expect("a header"));
    }
    headers
}

fn reported(remaining: u32, window: i64) -> Rate {
    Rate {
        limit: Some(100),
        remaining: Some(remaining),
        reset: Some(noon() + Duration::seconds(window)),
        reset_in: Some(Duration::seconds(30)),
    }
}

/// How many turns are given at once, and then given back.
fn at_once(bucket: &Rc<Bucket>) -> usize {
    let mut turns = Vec::new();
    while let Some(turn) = bucket.turn().now_or_never() {
        turns.push(turn);
    }
    turns.len()
}

#[test]
fn of_a_header_that_comes_more_than_once_the_smallest_number_counts() {
    let reset = noon().timestamp() + 20;
    let headers = headers(&[
        ("x-rate-limit-limit", "600"),
        ("x-rate-limit-limit", "100"),
        ("x-rate-limit-remaining", "7"),
        ("x-rate-limit-remaining", " 3 "),
        ("x-rate-limit-reset", &reset.to_string()),
    ]);
    let rate = Rate::read(&headers, Some(noon()));
    assert_eq!((rate.limit, rate.remaining, rate.reset_in), (Some(100), Some(3), Some(Duration::seconds(20))));
    assert_eq!(rate.wait(), Duration::seconds(21));
}

#[test]
fn headers_that_are_missing_past_or_absurd_wait_a_minute() {
    let now = noon().timestamp();
    for reset in ["", "soon", "-1", "1e9", "99999999999999999999", "8000000000000000"] {
        let rate = Rate::read(&headers(&[("x-rate-limit-reset", reset)]), Some(noon()));
        assert_eq!(rate.wait(), Duration::seconds(61), "{reset:?}");
    }
    for reset in [now - 1, now + 301, now + 86_400] {
        let rate = Rate::read(&headers(&[("x-rate-limit-reset", &reset.to_string())]), Some(noon()));
        assert_eq!(rate.wait(), Duration::seconds(61), "{}", reset - now);
    }
    let undated = Rate::read(&headers(&[("x-rate-limit-reset", &(now + 5).to_string())]), None);
    assert_eq!(undated.wait(), Duration::seconds(61), "nothing to compare with");
    let absurd = Rate::read(&headers(&[("x-rate-limit-limit", "-5"), ("x-rate-limit-remaining", "lots")]), None);
    assert_eq!((absurd.limit, absurd.remaining), (None, None));
}

#[tokio::test]
async fn the_first_call_goes_alone_and_after_its_answer_eight_at_once() {
    let bucket = Bucket::new(Clock::test());
    assert_eq!(at_once(&bucket), 1);
    bucket.learn(reported(99, 0), false);
    assert_eq!(at_once(&bucket), 8);
    bucket.learn(reported(3, 0), false);
    assert_eq!(at_once(&bucket), 3, "no more than the window still allows");
}

#[tokio::test]
async fn without_rate_headers_calls_continue() {
    let bucket = Bucket::new(Clock::test());
    bucket.learn(Rate::default(), false);
    assert_eq!(at_once(&bucket), 8);
    assert_eq!(bucket.rate(), None);
}

#[tokio::test]
async fn answers_that_overtake_each_other_do_not_raise_what_is_left() {
    let bucket = Bucket::new(Clock::test());
    bucket.learn(reported(2, 0), false);
    bucket.learn(reported(5, 0), false);
    assert_eq!(bucket.rate().and_then(|rate| rate.remaining), Some(2));
    bucket.learn(reported(99, 60), false);
    assert_eq!(bucket.rate().and_then(|rate| rate.remaining), Some(99), "another window");
}

#[tokio::test]
async fn after_a_429_no_one_goes_before_the_reset() {
    let bucket = Bucket::new(Clock::fast(noon(), 1_000.0));
    bucket.learn(reported(50, 0), true);
    assert_eq!(at_once(&bucket), 0);
    let until = bucket.clock.now() + Duration::seconds(30);
    drop(bucket.turn().await);
    assert!(bucket.clock.now() >= until, "it waited for the reset");
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_no_one_wait_for_longer_than_a_minute() {
    let bucket = Bucket::new(Clock::test());
    bucket.learn(reported(0, 0), true);
    let mut known = bucket.known.get().expect("learned");
    known.resets_at += Duration::days(365);
    bucket.known.set(Some(known));
    assert!(bucket.wait().is_some_and(|wait| wait <= Duration::seconds(60)), "{:?}", bucket.wait());
}

#[tokio::test]
async fn a_wait_that_is_dropped_gives_its_place_to_the_next() {
    let bucket = Bucket::new(Clock::test());
    let first = bucket.turn().await;
    {
        let mut second = pin!(bucket.turn());
        assert!(second.as_mut().now_or_never().is_none());
    }
    let mut third = pin!(bucket.turn());
    assert!(third.as_mut().now_or_never().is_none());
    drop(first);
    assert!(third.now_or_never().is_some());
}

#[tokio::test]
async fn who_waits_for_a_turn_gets_it_when_an_answer_shows_room() {
    let bucket = Bucket::new(Clock::test());
    bucket.learn(reported(1, 0), false);
    let one = bucket.turn().await;
    let mut other = pin!(bucket.turn());
    assert!(other.as_mut().now_or_never().is_none(), "the one that is left is out");
    bucket.learn(reported(40, 60), false);
    drop(one);
    assert!(other.now_or_never().is_some());
}

#[tokio::test]
async fn three_hundred_calls_against_a_hundred_a_minute_meet_no_429_and_use_every_window() {
    // A minute passes in four fifths of a second: long for a hundred calls on loopback, short for a test.
    let clock = Clock::fast(noon(), 75.0);
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let now = Arc::new(move || clock.now());
    let options = Options { listen, apps: 3, now, per_minute: Some(100), seed: 7 };
    let sandbox = start(options).await.expect("it starts");
    let (url, _) = Origin::of_org(&sandbox.url()).expect("loopback");
    let auth = Auth::ApiToken { token: SecretValue::new(sandbox.token()) };
    let client = Client::new(&url, &auth, &Network::default(), clock).expect("a client");
    let app_id = sandbox.apps()[0].id.clone();
    let call = Call::Secrets { app_id };
    let answers = join_all((0..300).map(|_| client.perform(&call))).await;
    assert!(answers.iter().all(|answer| answer.record.status == Some(200)), "no refusal");
    // The stand-in's windows: each begins with the first call after the one before has ended.
    let mut windows: Vec<(DateTime<Utc>, u32)> = Vec::new();
    for line in &sandbox.org().inside().log {
        match windows.last_mut() {
            Some((ends, used)) if line.at < *ends => *used += 1,
            _ => windows.push((line.at + Duration::seconds(60), 1)),
        }
    }
    let used: Vec<u32> = windows.iter().map(|(_, used)| *used).collect();
    assert_eq!(used.iter().sum::<u32>(), 300);
    assert!(used[..used.len() - 1].iter().all(|used| *used >= 95), "{used:?}");
}
