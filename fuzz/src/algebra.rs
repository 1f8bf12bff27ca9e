//! Sets of values against the reference's, point by point, and against each other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use keyward::{Access, Condition, ValueSet, compare::Inclusion};
use serde_json::json;

use crate::{
    chosen::Chosen,
    reference::kinds,
    texts::{KINDS, access_to, schema_of},
};

struct Written {
    one_of: Vec<String>,
    except: Vec<String>,
    access: Access,
}

/// Two sets of one kind, and points at and around what they name.
pub fn algebra(bytes: &[u8]) {
    let mut chosen = Chosen::new(bytes);
    let kind = chosen.one(&KINDS);
    let schema = schema_of(kind);
    let mut points = Vec::new();
    let mut read = |chosen: &mut Chosen<'_>| {
        let mut list = |chosen: &mut Chosen<'_>, most: usize| -> Vec<String> {
            let count = chosen.below(most + 1);
            let mut values: Vec<String> = Vec::new();
            for _ in 0..count {
                let value = value(kind, chosen, &mut points);
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            values
        };
        let (one_of, except) = (list(chosen, 5), list(chosen, 3));
        let mut conditions: Vec<Condition> = one_of.iter().map(|value| Condition::new("x", value).unwrap()).collect();
        conditions.extend(Condition::except("x", &except));
        if conditions.is_empty() {
            return None;
        }
        // Some are refused: nothing is left, or the same block is written in two ways.
        let access = access_to(&schema, &conditions).ok()?;
        Some(Written { one_of, except, access })
    };
    let (Some(left), Some(right)) = (read(&mut chosen), read(&mut chosen)) else { return };
    points.push(value(kind, &mut chosen, &mut Vec::new()));
    points.push(chosen.text(16).into());

    let [ours, theirs] = [&left, &right].map(|written| set(&written.access));
    let has = |written: &Written, point: &String| {
        let [one_of, except] =
            [&written.one_of, &written.except].map(|list| list.iter().map(|text| &**text).collect::<Vec<_>>());
        kinds::accepts(kind, &one_of, &except, &json!(point))
    };
    let within = ours.is_subset(theirs);
    let mut is_common = false;
    for point in &points {
        let [in_left, in_right] = [has(&left, point), has(&right, point)];
        assert_eq!(ours.contains(point), in_left, "{kind} {:?} {:?} {point:?}", left.one_of, left.except);
        assert_eq!(theirs.contains(point), in_right, "{kind} {:?} {:?} {point:?}", right.one_of, right.except);
        assert!(!within || !in_left || in_right, "{kind} {ours:?} {theirs:?} {point:?}");
        is_common |= in_left && in_right;
    }
    let note = format!("{kind} {ours:?} {theirs:?}");
    assert_eq!(left.access.is_within(&right.access), within, "{note}");
    match left.access.within(&right.access) {
        Inclusion::Within => assert!(within, "{note}"),
        Inclusion::Exceeds(witness) => {
            assert!(!within, "{note}");
            let value = keyward::attributes::AttributePath::name("x").unwrap();
            let point = match value.read(&witness) {
                keyward::Value::Text(text) => text.to_owned(),
                keyward::Value::Integer(integer) => integer.to_string(),
                other => panic!("{other:?}: {note}"),
            };
            assert!(has(&left, &point) && !has(&right, &point), "{point:?}: {note}");
        }
        given_up => panic!("{given_up:?}: {note}"),
    }
    let both = left.access.intersection(&right.access);
    match both.witness() {
        None => assert!(both.is_empty() && !is_common, "{note}"),
        Some(witness) => {
            assert!(!both.is_empty(), "{note}");
            assert!(witness.decide(&left.access).is_allow() && witness.decide(&right.access).is_allow(), "{note}");
        }
    }
    assert_eq!(left.access.same_as(&right.access), within && theirs.is_subset(ours), "{note}");
}

fn set(access: &Access) -> &ValueSet {
    let (_, set) = access.assignments().next().unwrap().conditions().next().unwrap();
    set
}

/// A value of the kind; what is at and around its boundaries is added to the points.
pub(crate) fn value(kind: &str, chosen: &mut Chosen<'_>, points: &mut Vec<String>) -> String {
    match kind {
        "text" => {
            let value = text(chosen);
            points.extend(["", "\0", "x"].map(|after| format!("{value}{after}")));
            value
        }
        "path" => {
            let segments: Vec<String> = (0..=chosen.below(3))
                .map(|_| text(chosen).replace('/', "-"))
                .map(|segment| if segment.is_empty() { "a".into() } else { segment })
                .collect();
            let value = segments.join("/");
            points.extend(["", "\0", "/", "/x", "0", ".", "/a"].map(|after| format!("{value}{after}")));
            value
        }
        "integer" => {
            let integer = |chosen: &mut Chosen<'_>| match chosen.below(4) {
                0 => chosen.number(),
                1 => chosen.one(&[i128::MIN, i128::MAX, i64::MAX.into(), i64::MIN.into(), u64::MAX.into()]),
                _ => i128::from(chosen.number::<i8>() % 16),
            };
            let (one, other) = (integer(chosen), integer(chosen));
            for end in [one, other] {
                let near = [end.checked_sub(1), Some(end), end.checked_add(1)];
                points.extend(near.into_iter().flatten().map(|integer| integer.to_string()));
            }
            match chosen.below(4) {
                0 => one.to_string(),
                1 => format!("{one}.."),
                2 => format!("..{one}"),
                _ => format!("{}..{}", one.min(other), one.max(other)),
            }
        }
        "network" => {
            let (v4, bits) = chosen.one(&[(true, 32), (true, 32), (false, 128)]);
            let length = chosen.below(bits + 1) as u32;
            let number = match chosen.below(3) {
                0 => chosen.number::<u128>(),
                1 => u128::from(chosen.number::<u8>()) << (bits - 8),
                _ => (0xffff_u128 << 32 | u128::from(chosen.number::<u32>())) << if v4 { 96 } else { 0 },
            };
            let host = u128::MAX.checked_shr(length + 128 - bits as u32).unwrap_or(0);
            let number = if v4 { number & u128::from(u32::MAX) } else { number } & !host;
            let address = |number: u128| -> IpAddr {
                if v4 { Ipv4Addr::from_bits(number as u32).into() } else { Ipv6Addr::from_bits(number).into() }
            };
            let most = if v4 { u128::from(u32::MAX) } else { u128::MAX };
            let near = [number.checked_sub(1), Some(number), Some(number | host), (number | host).checked_add(1)];
            points
                .extend(near.into_iter().flatten().filter(|near| *near <= most).map(|near| address(near).to_string()));
            if chosen.once_in(4) && length as usize == bits {
                return address(number).to_string();
            }
            format!("{}/{length}", address(number))
        }
        _ => {
            const LAST: i128 = 315_569_520_000 * 1_000_000_000 - 1;
            let mut time = |chosen: &mut Chosen<'_>| {
                let at = match chosen.below(3) {
                    0 => (chosen.number::<u128>() % (LAST as u128 + 1)) as i128,
                    1 => chosen.one(&[0, LAST, LAST / 2]),
                    _ => i128::from(chosen.number::<u8>()) * 86_400_000_000_000 + 63_900_000_000_000_000_000,
                };
                points.extend([at - 1, at, at + 1].into_iter().filter_map(kinds::written));
                at
            };
            let (one, other) = (time(chosen), time(chosen));
            let (first, last) = (one.min(other), one.max(other));
            let [from, before] = [first, last].map(|at| kinds::written(at).unwrap());
            match chosen.below(3) {
                0 if last > 0 => format!("..{before}"),
                1 if first < last => format!("{from}..{before}"),
                _ => format!("{from}.."),
            }
        }
    }
}

fn text(chosen: &mut Chosen<'_>) -> String {
    match chosen.below(3) {
        0 => chosen.text(12).into(),
        1 => chosen.one(&["", "a", "b", "a/b", "7", "-7", "true", "a-other", "10.0.0.1"]).into(),
        // Long ones, alike in their ends.
        _ => format!("{}{}{}", "x".repeat(chosen.below(3) * 8), chosen.text(3), "y".repeat(chosen.below(3) * 8)),
    }
}
