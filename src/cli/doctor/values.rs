//! What is well formed in a config file and does not work on this machine: names of things that are not there.

use super::Check;
use crate::cli::looks;
use crate::cli::settings::Settings;
use crate::core::name::Environment;
use crate::core::schedule::zone::named;

/// Every value that keeps something from working.
pub fn values(settings: &Settings) -> Vec<Check> {
    let defaults = &settings.found.config.defaults;
    let mut checks = Vec::new();
    if let Some(why) = defaults.time_zone.as_ref().and_then(|name| named(name).err()) {
        let next = "correct `[defaults] time_zone`; until then a new rotation is refused without --time-zone";
        checks.push(Check::bad("time zone", why, next));
    }
    if let Some(doubt) = &settings.zone_doubt {
        let reported = format!("{doubt}; {} is taken", settings.machine_zone);
        let next = "link /etc/localtime to the file of the zone (`timedatectl set-timezone ZONE`), or set TZ to its name; for new \
                    rotations `[defaults] time_zone` will do";
        checks.push(Check::bad("time zone", reported, next));
    }
    if let Err(why) = defaults.environment.parse::<Environment>() {
        let next = "correct `[defaults] environment`; until then commands want --environment";
        checks.push(Check::bad("environment", format!("{:?}: {why}", defaults.environment), next));
    }
    let (looks, unknown) = looks::of(settings, &|name| std::env::var(name).ok());
    let other = "correct `[ui] theme`, or take it out; one that fits the terminal is used meanwhile";
    checks.extend(unknown.map(|reported| Check::bad("theme", reported, other)));
    let broken = "correct the file, or remove it; another theme is used meanwhile";
    checks.extend(looks.refused.iter().map(|refused| Check::bad("theme", refused.to_string(), broken)));
    checks
}
