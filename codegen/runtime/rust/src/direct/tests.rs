//! Types as the generator writes them.
#![expect(unreachable_pub, reason = "generated types are public")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::direct::{self, Class, Form, Read};

#[derive(Clone, Debug, Default, PartialEq)]
struct Pet {
    name: String,
    age: Option<i64>,
    kind: Kind,
    friends: Vec<Pet>,
    extra: BTreeMap<String, Value>,
}

direct::object!(Pet {
    name = "name",
    age ? "age",
    kind = "kind",
    friends = "friends",
    .. extra
});

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Cat,
    Dog,
    Unknown(String),
}

direct::text_enum!(Kind {
    Cat = "cat",
    Dog = "dog",
    .. Unknown
} default "cat");

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Pet(Box<Pet>),
    Text(BTreeMap<String, Value>),
    Unknown(Value),
}

direct::by_property!(Told by "kind" {
    "cat" => Pet,
    "dog" => Pet,
    "text" => Text,
} write { Pet, Text, .. Unknown });

#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Text(String),
    Pet(Pet),
    Price(BTreeMap<String, f64>),
    Unknown(Value),
}

direct::by_shape!(Seen {
    Text = Form::of(Class::Text),
    Pet = Form {
        class: Class::Object,
        required: &["name"],
        known: &["name", "age"],
        constants: &[("kind", &["cat", "dog"])],
    },
    Price = Form::of(Class::Object),
    .. Unknown
});

fn there_and_back<T: Read + serde::Serialize>(value: &Value) -> Value {
    let read = T::read(value.clone()).unwrap_or_else(|e| panic!("{value}: {e}"));
    serde_json::to_value(read).unwrap()
}

#[test]
fn what_the_description_does_not_know_is_kept() {
    for value in [
        json!({"name": "a", "kind": "newt", "friends": [], "colour": {"r": 1}}),
        json!({"name": "a", "age": 3, "kind": "dog", "friends": [{"name": "b", "kind": "cat", "friends": []}]}),
    ] {
        assert_eq!(there_and_back::<Pet>(&value), value);
    }
    for value in [
        json!({"kind": "bird", "song": 1}),
        json!({"kind": "text", "x": 1}),
    ] {
        assert_eq!(there_and_back::<Told>(&value), value);
    }
    for value in [json!([1, 2]), json!("x"), json!({"a": 1.5}), json!(null)] {
        assert_eq!(there_and_back::<Seen>(&value), value);
    }
}

#[test]
fn what_is_a_little_off_is_read() {
    let pet = Pet::read(json!({"name": 7, "age": "12", "kind": null, "friends": null})).unwrap();
    assert_eq!(
        (pet.name.as_str(), pet.age, pet.friends.len()),
        ("7", Some(12), 0)
    );
    let pet = Pet::read(json!({"friends": [null]})).unwrap();
    assert_eq!(pet.friends, [Pet::read(Value::Null).unwrap()]);
    assert_eq!(pet.age, None);
    assert_eq!(Pet::default().kind, Kind::Cat);
}

#[test]
fn what_is_something_else_is_an_error_with_its_place() {
    let error = Pet::read(json!({"friends": [{"age": {"secret": 1}}]})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "friends[0].age: expected a whole number, found an object"
    );
}

#[test]
fn a_choice_is_made_by_what_tells() {
    let cat = json!({"kind": "cat", "name": "a"});
    assert!(matches!(Told::read(cat.clone()).unwrap(), Told::Pet(_)));
    assert!(matches!(Seen::read(cat).unwrap(), Seen::Pet(_)));
    // The wrong text for a member that tells.
    let stone = json!({"kind": "stone", "name": "a"});
    assert!(matches!(Seen::read(stone).unwrap(), Seen::Unknown(_)));
    assert!(matches!(
        Seen::read(json!({"eur": 2})).unwrap(),
        Seen::Price(_)
    ));
    assert!(matches!(Seen::read(json!("x")).unwrap(), Seen::Text(_)));
}
