//! What `guide::model` says of the kinds of values, with the plainest means: texts, integers, the standard library's
//! addresses, and a calendar counted year by year.

use std::net::IpAddr;

use serde_json::{Value, json};

/// What an attribute of a kind is.
#[derive(Clone, Debug, PartialEq)]
enum Point {
    Text(String),
    Integer(i128),
    Address(IpAddr),
    /// Nanoseconds since the start of the year 0.
    Time(i128),
}

/// Whether a value that is no list is accepted, where these are named and these are excepted.
pub(crate) fn accepts(kind: &str, one_of: &[&str], except: &[&str], value: &Value) -> bool {
    let named = |names: &[&str], point: &Point| names.iter().any(|name| is_named(kind, name, point));
    point(kind, value).is_some_and(|point| named(one_of, &point) || (!except.is_empty() && !named(except, &point)))
}

/// Whether the value is of the kind.
pub(crate) fn is_of(kind: &str, value: &Value) -> bool {
    point(kind, value).is_some()
}

fn point(kind: &str, value: &Value) -> Option<Point> {
    match (kind, value) {
        ("text" | "path", value) => super::text(value).map(Point::Text),
        ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => {
            number.to_string().parse().ok().map(Point::Integer)
        }
        ("integer", Value::String(text)) => integer(text).map(Point::Integer),
        ("network", Value::String(text)) => {
            text.parse().ok().map(|address: IpAddr| Point::Address(address.to_canonical()))
        }
        ("time", Value::String(text)) => nanoseconds(text).map(Point::Time),
        _ => None,
    }
}

/// Of each sort of values that conditions with these values tell apart, one. Sets are unions of intervals, so each sort
/// has a value at an end of one or right beside it; of paths a named one itself.
pub(crate) fn points(kind: &str, named: &[&str]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let integers = |all: &mut Vec<Value>, ends: &[i128]| {
        all.extend(ends.iter().flat_map(|end| [end - 1, *end, end + 1]).map(|integer| json!(integer.to_string())));
    };
    for name in named {
        let ends = name.split_once("..");
        match kind {
            "text" | "path" => all.push(json!(name)),
            "integer" => {
                let (first, last) = ends.unwrap_or((name, name));
                integers(&mut all, &[first, last].into_iter().filter_map(|end| end.parse().ok()).collect::<Vec<_>>());
            }
            "network" => all.extend(around(name)),
            "time" => {
                let (from, before) = ends.unwrap();
                let ends = [from, before].into_iter().filter_map(nanoseconds);
                all.extend(ends.flat_map(|end| [written(end - 1), written(end)]).flatten().map(Value::String));
            }
            _ => panic!("{kind}"),
        }
    }
    all.extend(match kind {
        "text" | "path" => vec![json!("-")],
        "integer" => vec![json!(0)],
        "network" => vec![json!("203.0.113.9"), json!("2001:db8::9")],
        _ => vec![json!("1999-12-31T00:00:00Z")],
    });
    let mut sorts: Vec<Vec<bool>> = Vec::new();
    all.retain(|value| {
        let Some(point) = point(kind, value) else { return false };
        let sort: Vec<bool> = named.iter().map(|name| is_named(kind, name, &point)).collect();
        let is_new = !sorts.contains(&sort);
        sorts.push(sort);
        is_new
    });
    all
}

/// The first and the last address of a block, and those beside them.
fn around(block: &str) -> Vec<Value> {
    let (first, length) = block.split_once('/').unwrap_or((block, if block.contains(':') { "128" } else { "32" }));
    let first: IpAddr = first.parse().unwrap();
    let length: u32 = length.parse().unwrap();
    match first {
        IpAddr::V4(first) => {
            let first = first.to_bits();
            let last = first | u32::MAX.checked_shr(length).unwrap_or(0);
            let all = [first.checked_sub(1), Some(first), Some(last), last.checked_add(1)];
            all.into_iter().flatten().map(|bits| json!(IpAddr::V4(bits.into()))).collect()
        }
        IpAddr::V6(first) => {
            let first = first.to_bits();
            let last = first | u128::MAX.checked_shr(length).unwrap_or(0);
            let all = [first.checked_sub(1), Some(first), Some(last), last.checked_add(1)];
            all.into_iter().flatten().map(|bits| json!(IpAddr::V6(bits.into()))).collect()
        }
    }
}

fn integer(text: &str) -> Option<i128> {
    text.parse::<i128>().ok().filter(|integer| integer.to_string() == text)
}

/// Whether a condition's value, which is in its form, names the point.
fn is_named(kind: &str, name: &str, point: &Point) -> bool {
    let ends = || name.split_once("..");
    match (kind, point) {
        ("text", Point::Text(text)) => text == name,
        ("path", Point::Text(text)) => text == name || text.starts_with(&format!("{name}/")),
        ("integer", Point::Integer(integer)) => match ends() {
            None => name.parse() == Ok(*integer),
            Some((first, last)) => {
                first.parse().map_or(first.is_empty(), |first: i128| first <= *integer)
                    && last.parse().map_or(last.is_empty(), |last: i128| *integer <= last)
            }
        },
        ("network", Point::Address(address)) => is_in_block(name, *address),
        ("time", Point::Time(time)) => {
            let (from, before) = ends().unwrap();
            (from.is_empty() || nanoseconds(from).unwrap() <= *time)
                && (before.is_empty() || *time < nanoseconds(before).unwrap())
        }
        _ => panic!("{kind} {point:?}"),
    }
}

fn is_in_block(block: &str, address: IpAddr) -> bool {
    let (first, length) = block.split_once('/').map_or((block, None), |(first, length)| (first, Some(length)));
    let first: IpAddr = first.parse().unwrap();
    let whole = if first.is_ipv4() { 32 } else { 128 };
    let length: u32 = length.map_or(whole, |length| length.parse().unwrap());
    // A block of mapped addresses is one of IPv4; a wider one is of IPv6.
    let (first, length) = match first {
        IpAddr::V6(v6) if length >= 96 && v6.to_ipv4_mapped().is_some() => (first.to_canonical(), length - 96),
        _ => (first, length),
    };
    match (first, address) {
        (IpAddr::V4(first), IpAddr::V4(address)) => {
            let rest = 32 - length;
            rest == 32 || first.to_bits() >> rest == address.to_bits() >> rest
        }
        (IpAddr::V6(first), IpAddr::V6(address)) => {
            let rest = 128 - length;
            rest == 128 || first.to_bits() >> rest == address.to_bits() >> rest
        }
        _ => false,
    }
}

const DAY: i128 = 86_400;
const SECOND: i128 = 1_000_000_000;

fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i128, month: i128) -> i128 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days of all years before this one, from the year 0 on.
fn days_before(year: i128) -> i128 {
    let passed = |every: i128| (year + every - 1) / every;
    year * 365 + passed(4) - passed(100) + passed(400)
}

/// RFC 3339, section 5.6. What is finer than a nanosecond is cut off; a leap second is the last nanosecond before it.
pub(crate) fn nanoseconds(text: &str) -> Option<i128> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse::<i128>().ok()
    };
    let is = |at: usize, allowed: &str| text.get(at..=at).is_some_and(|found| allowed.contains(found));
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let separated = is(4, "-") && is(7, "-") && is(10, "Tt") && is(13, ":") && is(16, ":");
    let exists = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !separated || !exists || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        fraction = format!("{:0<9}", &after[..digits.min(9)]).parse().ok().filter(|_| digits > 0)?;
        rest = &after[digits..];
    }
    let offset = match rest.as_bytes() {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let at = text.len() - 5;
            let (hours, minutes) = (number(at, at + 2)?, number(at + 3, at + 5)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'+' { 60 } else { -60 }
        }
        _ => return None,
    };
    let months: i128 = (1..month).map(|month| days_of(year, month)).sum();
    let days = days_before(year) + months + day - 1;
    let mut seconds = days * DAY + hour * 3600 + minute * 60 + second.min(59) - offset;
    if second == 60 {
        fraction = SECOND - 1;
        // Leap seconds are at the end of a month, in UTC.
        let next_day = written((seconds + 1) * SECOND);
        if !(0..days_before(10_000) * DAY).contains(&seconds)
            || !next_day.is_none_or(|next| next.ends_with("-01T00:00:00Z"))
        {
            return None;
        }
    }
    seconds = seconds.checked_mul(SECOND)?.checked_add(fraction)?;
    (0..days_before(10_000) * DAY * SECOND).contains(&seconds).then_some(seconds)
}

/// The point in time as RFC 3339 writes it, in the years that it can say.
pub(crate) fn written(nanoseconds: i128) -> Option<String> {
    if !(0..days_before(10_000) * DAY * SECOND).contains(&nanoseconds) {
        return None;
    }
    let (seconds, fraction) = (nanoseconds / SECOND, nanoseconds % SECOND);
    let (mut days, seconds) = (seconds / DAY, seconds % DAY);
    let year = (0..10_000).rev().find(|year| days_before(*year) <= days)?;
    days -= days_before(year);
    let mut month = 1;
    while days >= days_of(year, month) {
        days -= days_of(year, month);
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:09}") };
    Some(format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z", days + 1))
}

#[test]
fn the_calendar_is_right() {
    // Known from elsewhere: seconds since 1970.
    let epoch = nanoseconds("1970-01-01T00:00:00Z").unwrap();
    for (text, unix) in [
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("2001-09-09T01:46:40Z", 1_000_000_000),
        ("2038-01-19T03:14:07Z", 2_147_483_647),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("1900-03-01T00:00:00Z", -2_203_891_200),
    ] {
        assert_eq!(nanoseconds(text).unwrap() - epoch, unix * SECOND, "{text}");
        assert_eq!(written(epoch + unix * SECOND).as_deref(), Some(text));
    }
    assert_eq!(nanoseconds("2016-12-31T23:59:60Z").and_then(written).unwrap(), "2016-12-31T23:59:59.999999999Z");
    assert_eq!(nanoseconds("2016-12-30T23:59:60Z"), None);
    assert_eq!(
        nanoseconds("1990-12-31T15:59:60-08:00"),
        nanoseconds("1990-12-31T23:59:60Z"),
        "the example of RFC 3339"
    );
}
