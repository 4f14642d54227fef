//! Time zones by the names that people give them.
//!
//! A schedule is kept in a named zone, for an offset alone does not know summer time. Whoever types an offset is shown
//! the zones that have it: never the one whose name looks alike, for `Etc/GMT+2` is two hours behind UTC, as POSIX
//! counts.

use chrono::{DateTime, Offset, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

/// Cities that zones are known by, the first of each offset first.
const CITIES: [Tz; 34] = [
    Tz::Europe__London,
    Tz::Europe__Berlin,
    Tz::Europe__Athens,
    Tz::Europe__Istanbul,
    Tz::Asia__Dubai,
    Tz::Asia__Karachi,
    Tz::Asia__Kolkata,
    Tz::Asia__Kathmandu,
    Tz::Asia__Dhaka,
    Tz::Asia__Yangon,
    Tz::Asia__Bangkok,
    Tz::Asia__Singapore,
    Tz::Asia__Tokyo,
    Tz::Australia__Sydney,
    Tz::Australia__Adelaide,
    Tz::Australia__Darwin,
    Tz::Pacific__Noumea,
    Tz::Pacific__Auckland,
    Tz::Pacific__Apia,
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Los_Angeles,
    Tz::America__Anchorage,
    Tz::Pacific__Honolulu,
    Tz::America__Halifax,
    Tz::America__St_Johns,
    Tz::America__Sao_Paulo,
    Tz::Atlantic__South_Georgia,
    Tz::Atlantic__Azores,
    Tz::Asia__Tehran,
    Tz::Asia__Kabul,
    Tz::Africa__Lagos,
    Tz::Africa__Nairobi,
];

/// What people call the clock of a place, where the tz database has no such name or another one.
const CLOCKS: [(&str, Tz); 12] = [
    ("CEST", Tz::Europe__Berlin),
    ("EEST", Tz::Europe__Athens),
    ("BST", Tz::Europe__London),
    ("IST", Tz::Asia__Kolkata),
    ("JST", Tz::Asia__Tokyo),
    ("AEST", Tz::Australia__Sydney),
    ("EDT", Tz::America__New_York),
    ("CST", Tz::America__Chicago),
    ("CDT", Tz::America__Chicago),
    ("MDT", Tz::America__Denver),
    ("PST", Tz::America__Los_Angeles),
    ("PDT", Tz::America__Los_Angeles),
];

/// The zone of a name, whatever its case; what to write instead where there is none.
pub fn named(name: &str) -> Result<Tz, String> {
    let name = name.trim();
    let known =
        name.parse().ok().or_else(|| TZ_VARIANTS.iter().copied().find(|it| it.name().eq_ignore_ascii_case(name)));
    if let Some(zone) = known {
        return Ok(zone);
    }
    if let Some(minutes) = offset(name) {
        return Err(of_offset(name, minutes));
    }
    let clock = CLOCKS.iter().find(|(clock, _)| clock.eq_ignore_ascii_case(name)).map(|(_, zone)| *zone);
    let near = clock.unwrap_or_else(|| nearest(name));
    Err(format!("{name:?} is not a time zone; did you mean {}?", near.name()))
}

/// The zones that have an offset, for whoever typed that in a zone's place.
fn of_offset(typed: &str, minutes: i32) -> String {
    let offset = written(minutes);
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
    let has = |zone: &Tz, at: DateTime<Utc>| at.with_timezone(zone).offset().fix().local_minus_utc() == minutes * 60;
    let (january, july) = (at("2026-01-15T00:00:00Z"), at("2026-07-15T00:00:00Z"));
    let mut cities: Vec<String> = Vec::new();
    for zone in &CITIES {
        match (has(zone, january), has(zone, july)) {
            (true, true) => cities.push(zone.name().to_owned()),
            (true, false) => cities.push(format!("{} (from January on)", zone.name())),
            (false, true) => cities.push(format!("{} (in July)", zone.name())),
            (false, false) => {}
        }
    }
    cities.truncate(3);
    let place = match cities.as_slice() {
        [] => "name the zone of a city".to_owned(),
        cities => format!("name the zone of a city, such as {}", cities.join(", ")),
    };
    let fixed = match fixed(minutes) {
        Some(zone) => format!("; {} is {offset} all year", zone.name()),
        None => String::new(),
    };
    format!("{typed:?} is an offset, {offset}, and not a time zone; {place}{fixed}")
}

/// The zone that has this offset all year. In the names of these the sign is the other way round.
pub fn fixed(minutes: i32) -> Option<Tz> {
    let hours = (minutes % 60 == 0).then_some(minutes / 60)?;
    match hours {
        0 => Some(Tz::UTC),
        ahead @ 1.. => format!("Etc/GMT-{ahead}").parse().ok(),
        behind => format!("Etc/GMT+{}", -behind).parse().ok(),
    }
}

/// What is to be said of a name that means the opposite of what it looks like.
pub fn surprise(name: &str) -> Option<String> {
    let zone =
        named(name).ok().filter(|zone| zone.name().starts_with("Etc/GMT") && zone.name().contains(['+', '-']))?;
    let minutes = DateTime::<Utc>::UNIX_EPOCH.with_timezone(&zone).offset().fix().local_minus_utc() / 60;
    let turned = "the sign in its name is the other way round";
    (minutes != 0).then(|| format!("{} is {}, all year: {turned}", zone.name(), written(minutes)))
}

/// An offset as people write it: `UTC+2`, `UTC-3:30`.
pub fn written(minutes: i32) -> String {
    let (sign, by) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
    match (by / 60, by % 60) {
        (0, 0) => "UTC".into(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// How many minutes ahead of UTC a text says: `GMT+2`, `+02:00`, `UTC-0330`, `Etc/GMT+02`. After any other letters, as in
/// `CET-1`, the sign is POSIX's: what has to be added to the local time to have UTC.
pub fn offset(text: &str) -> Option<i32> {
    let text: String =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '\u{2212}' { '-' } else { c }).collect();
    let at = text.find(['+', '-']).or_else(|| text.find(|c: char| c.is_ascii_digit()))?;
    let (label, rest) = text.split_at(at);
    let posix = !matches!(label.to_ascii_uppercase().as_str(), "" | "UTC" | "GMT" | "Z" | "UT");
    let letters = |label: &str| (3..=6).contains(&label.len()) && label.chars().all(|c| c.is_ascii_alphabetic());
    if posix && !label.eq_ignore_ascii_case("Etc/GMT") && !letters(label) {
        return None;
    }
    let (sign, digits) = match rest.as_bytes().first()? {
        b'+' => (1, &rest[1..]),
        b'-' => (-1, &rest[1..]),
        _ if label.is_empty() => return None,
        _ => (1, rest),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number =
        |part: &str| part.parse::<i32>().ok().filter(|_| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit()));
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let ahead = sign * (hours * 60 + minutes);
    (hours <= 14 && minutes < 60).then_some(if posix { -ahead } else { ahead })
}

/// The zone whose name, or whose city, is nearest to what was typed.
fn nearest(typed: &str) -> Tz {
    let typed = typed.to_lowercase().replace(' ', "_");
    let score = |zone: &Tz| {
        let name = zone.name().to_lowercase();
        let city = name.rsplit('/').next().unwrap_or_default();
        let own_city = typed.rsplit('/').next().unwrap_or_default();
        strsim::jaro_winkler(&typed, &name).max(strsim::jaro_winkler(own_city, city))
    };
    TZ_VARIANTS.iter().copied().max_by(|a, b| score(a).total_cmp(&score(b))).unwrap_or(Tz::UTC)
}

#[cfg(test)]
mod tests;
