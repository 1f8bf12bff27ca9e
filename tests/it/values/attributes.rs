//! What attributes of a resource meet: sets of each kind, and what is not in them.

use std::net::IpAddr;

use keyward::{Access, ResourceView, Timestamp, Value};
use serde_json::json;

use super::{access, schema_of};
use crate::{reference::kinds, support::ACCOUNT};

/// Whether a value is in the set; nothing where it is not of the kind, and so is not in the complement either.
type Row<'a> = (serde_json::Value, Option<bool>);

fn reads(access: &Access, resource: &str, value: Value<'_>) -> bool {
    let attributes = [("x", value)];
    access.decide("read", &ResourceView::new(resource, ACCOUNT, &attributes)).is_allow()
}

fn table(kind: &str, values: &[&str], rows: Vec<Row<'_>>) {
    let schema = schema_of(kind);
    let [set, complement] = [access(&schema, values, &[]), access(&schema, &[], values)].map(Result::unwrap);
    for (value, expected) in rows {
        for (access, wanted, of_reference) in [
            (&set, true, kinds::accepts(kind, values, &[], &value)),
            (&complement, false, kinds::accepts(kind, &[], values, &value)),
        ] {
            let expected = expected == Some(wanted);
            let note = format!("{kind} {value} in {access:?}");
            assert_eq!(of_reference, expected, "the reference: {note}");
            for (resource, attributes) in [
                ("things", json!({"x": value})),
                ("parts", json!({"x": value})),
                ("things", json!({"x": [value]})),
                ("parts", json!({"x": [value, value]})),
            ] {
                let strict = keyward::json::Json::parse(&attributes.to_string()).unwrap();
                let view = ResourceView::new(resource, ACCOUNT, &attributes);
                assert_eq!(access.decide("read", &view).is_allow(), expected, "{note} {attributes}");
                let view = ResourceView::new(resource, ACCOUNT, &strict);
                assert_eq!(access.decide("read", &view).is_allow(), expected, "{note} {attributes}");
                let filter = access.try_filter_of("read", resource, ACCOUNT).unwrap();
                assert_eq!(filter.passes(&attributes), expected, "{note} {attributes}: the filter");
            }
        }
    }
    // What no JSON says.
    let (list, object) = ([Value::Absent, Value::Other, Value::Null], [("x", "x")]);
    for value in [Value::Absent, Value::Null, Value::Other, Value::Float(7.0), Value::Float(f64::NAN)]
        .into_iter()
        .chain([Value::List(&list), Value::Object(&object)])
    {
        for (access, resource) in
            [&set, &complement].into_iter().flat_map(|access| ["things", "parts"].map(|on| (access, on)))
        {
            assert!(!reads(access, resource, value), "{kind} {value}");
        }
    }
    let absent = ResourceView::new("things", ACCOUNT, &());
    assert!(!set.decide("read", &absent).is_allow() && !complement.decide("read", &absent).is_allow());
}

#[test]
fn of_text() {
    let rows = vec![
        (json!("a"), Some(true)),
        (json!("A"), Some(false)),
        (json!("a "), Some(false)),
        (json!("a\u{0}"), Some(false)),
        (json!(""), Some(true)),
        (json!("E\u{301}"), Some(false)),
        (json!("É"), Some(true)),
        (json!(7), Some(true)),
        (json!(-7), Some(false)),
        (json!(u64::MAX), Some(false)),
        (json!(true), Some(true)),
        (json!(false), Some(false)),
        (json!(7.0), None),
        (json!(null), None),
        (json!([]), None),
        (json!([["a"]]), None),
        (json!({"a": "a"}), None),
    ];
    table("text", &["a", "", "É", "7", "true"], rows);
}

#[test]
fn of_path() {
    let rows = vec![
        (json!("eu/de"), Some(true)),
        (json!("eu/de/berlin"), Some(true)),
        (json!("eu/de/"), Some(true)),
        (json!("eu/de//"), Some(true)),
        (json!("eu/dexter"), Some(false)),
        (json!("eu/de\u{0}"), Some(false)),
        (json!("eu/de0"), Some(false)),
        (json!("eu/de."), Some(false)),
        (json!("eu"), Some(false)),
        (json!("eu/"), Some(false)),
        (json!("eu//de"), Some(false)),
        (json!("/eu/de"), Some(false)),
        (json!("EU/DE"), Some(false)),
        (json!("eu/../eu/de"), Some(false)),
        (json!(""), Some(false)),
        (json!("/"), Some(false)),
        (json!("7"), Some(true)),
        (json!(7), Some(true)),
        (json!("7/1"), Some(true)),
        (json!(71), Some(false)),
        (json!(true), Some(false)),
        (json!(7.0), None),
        (json!(null), None),
        (json!({"eu": "de"}), None),
    ];
    table("path", &["eu/de", "7"], rows.clone());
    table("path", &["7", "eu/de", "eu/de/berlin"], rows);
    // One alone is looked up in another way.
    table("path", &["a"], vec![(json!("a"), Some(true)), (json!("a/b"), Some(true)), (json!("a0"), Some(false))]);
}

#[test]
fn of_integers() {
    let rows = vec![
        (json!(7), Some(true)),
        (json!("7"), Some(true)),
        (json!(6), Some(false)),
        (json!(8), Some(false)),
        (json!(-5), Some(true)),
        (json!("-5"), Some(true)),
        (json!(-4), Some(false)),
        (json!("0"), Some(false)),
        (json!(999), Some(false)),
        (json!("1000"), Some(true)),
        (json!(2000), Some(true)),
        (json!("2001"), Some(false)),
        (json!(i64::MIN), Some(true)),
        (json!(u64::MAX), Some(false)),
        (json!(i128::MIN.to_string()), Some(true)),
        (json!(i128::MAX.to_string()), Some(false)),
        (json!("-170141183460469231731687303715884105729"), None),
        (json!("170141183460469231731687303715884105728"), None),
        (json!("07"), None),
        (json!("+7"), None),
        (json!("-0"), None),
        (json!("00"), None),
        (json!("-"), None),
        (json!(""), None),
        (json!(" 7"), None),
        (json!("7 "), None),
        (json!("7\n"), None),
        (json!("7.0"), None),
        (json!("1e3"), None),
        (json!("0x7"), None),
        (json!("1..9"), None),
        (json!("\u{FF17}"), None),
        (json!("\u{661}"), None),
        (json!(7.0), None),
        (json!(-0.0), None),
        (json!(1e30), None),
        (json!(true), None),
        (json!("true"), None),
        (json!(null), None),
        (json!({"x": 7}), None),
    ];
    let values = ["..-5", "7", "1000..2000"];
    table("integer", &values, rows.clone());
    table("integer", &["7", "1500..2000", "1000..1600", "-9..-5", "..-9"], rows);
    let schema = schema_of("integer");
    let [set, complement] = [access(&schema, &values, &[]), access(&schema, &[], &values)].map(Result::unwrap);
    for (integer, is_in) in [(i128::MIN, true), (i128::MAX, false), (7, true), (0, false)] {
        assert_eq!(reads(&set, "things", Value::Integer(integer)), is_in, "{integer}");
        assert_eq!(reads(&complement, "things", Value::Integer(integer)), !is_in, "{integer}");
    }
}

#[test]
fn of_networks() {
    let rows = vec![
        (json!("10.0.0.0"), Some(true)),
        (json!("10.255.255.255"), Some(true)),
        (json!("9.255.255.255"), Some(false)),
        (json!("11.0.0.0"), Some(false)),
        (json!("192.0.2.1"), Some(true)),
        (json!("192.0.2.2"), Some(false)),
        (json!("::ffff:10.1.2.3"), Some(true)),
        (json!("::FFFF:10.1.2.3"), Some(true)),
        (json!("::ffff:a01:203"), Some(true)),
        (json!("0:0:0:0:0:ffff:0a01:0203"), Some(true)),
        (json!("::ffff:11.0.0.0"), Some(false)),
        // Forms of IPv6 that hold an IPv4 address and are not it.
        (json!("::10.1.2.3"), Some(false)),
        (json!("::ffff:0:10.1.2.3"), Some(false)),
        (json!("64:ff9b::10.1.2.3"), Some(false)),
        (json!("2002:0a01:0203::"), Some(false)),
        (json!("2001:db8::1"), Some(true)),
        (json!("2001:DB8::1"), Some(true)),
        (json!("2001:0db8:0000:0000:0000:0000:0000:0001"), Some(true)),
        (json!("2001:db9::"), Some(false)),
        (json!("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"), Some(false)),
        (json!("::"), Some(false)),
        (json!("fe80::1%eth0"), None),
        (json!("fe80::1%251"), None),
        (json!("[2001:db8::1]"), None),
        (json!("[2001:db8::1]:80"), None),
        (json!("10.1.2.3:80"), None),
        (json!("10.1.2.3 "), None),
        (json!(" 10.1.2.3"), None),
        (json!("010.1.2.3"), None),
        (json!("10.01.2.3"), None),
        (json!("0x0a.1.2.3"), None),
        (json!("10.1.2"), None),
        (json!("10.66051"), None),
        (json!("167838211"), None),
        (json!("10.0.0.0/8"), None),
        (json!("10.1.2.3/32"), None),
        (json!("10.1.2.3, 10.1.2.4"), None),
        (json!("1\u{FF10}.1.2.3"), None),
        (json!("2001:db8::1::"), None),
        (json!(""), None),
        (json!(167_838_211), None),
        (json!(true), None),
        (json!(null), None),
        (json!({"x": "10.1.2.3"}), None),
    ];
    table("network", &["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"], rows.clone());
    table("network", &["::ffff:192.0.2.1", "2001:db8::/33", "2001:db8:8000::/33", "::ffff:10.0.0.0/104"], rows);
    // The whole of IPv6 holds no mapped address, nor does a smaller block around them.
    for block in ["::/0", "::/80", "::/64", "::fffe:0:0/95"] {
        let near = if block == "::fffe:0:0/95" { "::fffe:1:2" } else { "::1" };
        let rows =
            vec![(json!("::ffff:1.2.3.4"), Some(false)), (json!("1.2.3.4"), Some(false)), (json!(near), Some(true))];
        table("network", &[block], rows);
    }
    table("network", &["0.0.0.0/0"], vec![(json!("::ffff:1.2.3.4"), Some(true)), (json!("::1"), Some(false))]);
}

#[test]
fn of_times() {
    let rows = vec![
        (json!("2026-01-01T00:00:00Z"), Some(true)),
        (json!("2025-12-31T23:59:59.999999999Z"), Some(false)),
        (json!("2026-01-31T23:59:59.999999999Z"), Some(true)),
        (json!("2026-01-31T23:59:59.99999999999999999999Z"), Some(true)),
        (json!("2026-02-01T00:00:00Z"), Some(false)),
        (json!("2026-02-01T00:00:00.000000000000Z"), Some(false)),
        (json!("2026-02-01T00:59:59+01:00"), Some(true)),
        (json!("2026-02-01T01:00:00+01:00"), Some(false)),
        (json!("2025-12-31T23:00:00-01:00"), Some(true)),
        (json!("2026-01-15t12:00:00z"), Some(true)),
        (json!("2026-01-15T12:00:00-00:00"), Some(true)),
        (json!("2026-01-15T12:00:00+23:59"), Some(true)),
        (json!("1999-12-31T23:59:59Z"), Some(true)),
        (json!("2000-01-01T00:00:00Z"), Some(false)),
        (json!("0000-01-01T00:00:00Z"), Some(true)),
        (json!("9999-12-31T23:59:59.999999999Z"), Some(false)),
        // A leap second is the last nanosecond before it.
        (json!("1998-12-31T23:59:60Z"), Some(true)),
        (json!("1999-12-31T23:59:60Z"), Some(true)),
        (json!("2016-12-31T23:59:60Z"), Some(false)),
        (json!("2026-01-31T23:59:60Z"), Some(true)),
        (json!("2026-01-31T23:59:60.5Z"), Some(true)),
        (json!("2026-02-01T00:59:60+01:00"), Some(true)),
        (json!("2026-01-30T23:59:60Z"), None),
        (json!("2026-01-31T23:58:60Z"), None),
        (json!("2026-01-31T23:59:60+01:00"), None),
        (json!("2026-01-31T23:59:61Z"), None),
        (json!("2026-02-30T00:00:00Z"), None),
        (json!("2026-00-10T00:00:00Z"), None),
        (json!("2026-01-15T24:00:00Z"), None),
        (json!("2026-01-15 12:00:00Z"), None),
        (json!("2026-01-15_12:00:00Z"), None),
        (json!("2026-01-15T12:00:00"), None),
        (json!("2026-01-15T12:00:00+0100"), None),
        (json!("2026-01-15T12:00:00+01"), None),
        (json!("2026-01-15T12:00:00+24:00"), None),
        (json!("2026-01-15T12:00:00+01:60"), None),
        (json!("2026-01-15T12:00Z"), None),
        (json!("2026-01-15T12:00:00.Z"), None),
        (json!("2026-01-15T12:00:00,5Z"), None),
        (json!("2026-1-15T12:00:00Z"), None),
        (json!("2026-01-15"), None),
        (json!("20260115T120000Z"), None),
        (json!("02026-01-15T12:00:00Z"), None),
        (json!("+2026-01-15T12:00:00Z"), None),
        (json!("-0001-01-15T12:00:00Z"), None),
        (json!(" 2026-01-15T12:00:00Z"), None),
        (json!("2026-01-15T12:00:00Z "), None),
        (json!("2026-01-15T12:00:00ZZ"), None),
        (json!("\u{FF12}026-01-15T12:00:00Z"), None),
        (json!("2026-01-15T12:00:00\u{2212}01:00"), None),
        // Before the year 0 and after 9999 in UTC.
        (json!("0000-01-01T00:00:00+00:01"), None),
        (json!("0000-01-01T00:00:00+23:59"), None),
        (json!("9999-12-31T23:59:59-00:01"), None),
        (json!("9999-12-31T23:59:60-23:59"), None),
        (json!("0000-01-01T00:00:60+23:59"), None),
        (json!("9999-12-31T23:59:60Z"), Some(false)),
        (json!(""), None),
        (json!(1_768_478_400), None),
        (json!("1768478400"), None),
        (json!(true), None),
        (json!(null), None),
        (json!({"x": "2026-01-15T12:00:00Z"}), None),
    ];
    table("time", &["2026-01-01T00:00:00Z..2026-02-01T00:00:00Z", "..2000-01-01T00:00:00Z"], rows.clone());
    let values = [
        "2026-01-10T00:00:00Z..2026-02-01T00:00:00Z",
        "2026-01-01T02:00:00+02:00..2026-01-10T00:00:00Z",
        "1990-01-01T00:00:00Z..2000-01-01T00:00:00Z",
        "..1990-01-01T00:00:00Z",
    ];
    table("time", &values, rows);
}

/// Addresses and times of the host's own types are of their kinds, and of no other.
#[test]
fn of_typed_values() {
    let address = |text: &str| Value::Address(text.parse::<IpAddr>().unwrap());
    let time = |millis| Value::Time(Timestamp::from_millis(millis));
    let (start, end) = (1_767_225_600_000, 1_769_904_000_000);
    let sets = [
        ("network", "10.0.0.0/8"),
        ("time", "2026-01-01T00:00:00Z..2026-02-01T00:00:00Z"),
        ("text", "10.1.2.3"),
        ("path", "10.1.2.3"),
        ("integer", "0.."),
    ];
    let values = [
        (address("10.1.2.3"), "network", Some(true)),
        (address("::ffff:10.1.2.3"), "network", Some(true)),
        (address("11.0.0.0"), "network", Some(false)),
        (address("::"), "network", Some(false)),
        (time(start), "time", Some(true)),
        (time(start - 1), "time", Some(false)),
        (time(end - 1), "time", Some(true)),
        (time(end), "time", Some(false)),
        (time(0), "time", Some(false)),
        (time(253_402_300_799_999), "time", Some(false)),
        // Past the year 9999 there is no time.
        (time(253_402_300_800_000), "time", None),
        (time(u64::MAX), "time", None),
    ];
    for (kind, value) in sets {
        let schema = schema_of(kind);
        let [set, complement] = [access(&schema, &[value], &[]), access(&schema, &[], &[value])].map(Result::unwrap);
        for (typed, of, is_in) in values {
            let is_in = is_in.filter(|_| of == kind);
            let list = [typed, Value::Null];
            for (access, wanted) in [(&set, true), (&complement, false)] {
                let expected = is_in == Some(wanted);
                assert_eq!(reads(access, "things", typed), expected, "{kind} {typed}");
                assert_eq!(reads(access, "parts", typed), expected, "{kind} {typed}");
                assert_eq!(reads(access, "things", Value::List(&list)), expected, "{kind} any of {typed}, null");
                assert!(!reads(access, "parts", Value::List(&list)), "{kind} all of {typed}, null");
            }
        }
    }
}

#[test]
fn of_lists() {
    // A list, whether any element is in the set and whether all are, and the same of the complement.
    let rows = [
        (json!([]), [false, false], [false, false]),
        (json!([7]), [true, true], [false, false]),
        (json!([7, "7", 8]), [true, true], [false, false]),
        (json!([7, 20]), [true, false], [true, false]),
        (json!([20, "21"]), [false, false], [true, true]),
        (json!([null]), [false, false], [false, false]),
        (json!([7, null]), [true, false], [false, false]),
        (json!([20, null]), [false, false], [true, false]),
        (json!([7, "x"]), [true, false], [false, false]),
        (json!([20, 7.0]), [false, false], [true, false]),
        (json!(["07", true]), [false, false], [false, false]),
        (json!([[7]]), [false, false], [false, false]),
        (json!([7, [7]]), [true, false], [false, false]),
        (json!([20, {"x": 20}]), [false, false], [true, false]),
        (json!([20, []]), [false, false], [true, false]),
    ];
    let schema = schema_of("integer");
    let [set, complement] = [access(&schema, &["1..9"], &[]), access(&schema, &[], &["1..9"])].map(Result::unwrap);
    // One value is named and one excepted: together they leave out 2 to 9.
    let both = access(&schema, &["1"], &["1..9"]).unwrap();
    for (list, of_set, of_complement) in rows {
        let attributes = json!({"x": list});
        let asked = |access: &Access| {
            ["things", "parts"].map(|on| access.decide("read", &ResourceView::new(on, ACCOUNT, &attributes)).is_allow())
        };
        assert_eq!(asked(&set), of_set, "{list}");
        assert_eq!(asked(&complement), of_complement, "{list}");
        assert_eq!(asked(&both), of_complement, "{list}, without a 1");
    }
    for (list, expected) in [(json!([1]), [true, true]), (json!([1, 20]), [true, true]), (json!([1, 2]), [true, false])]
    {
        let attributes = json!({"x": list});
        let asked =
            ["things", "parts"].map(|on| both.decide("read", &ResourceView::new(on, ACCOUNT, &attributes)).is_allow());
        assert_eq!(asked, expected, "{list}");
    }
}
