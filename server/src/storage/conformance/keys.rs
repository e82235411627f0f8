//! Keys and what is sealed.

use super::*;

pub(super) async fn suite(storage: &Storage) {
    of_many_first_keys_one_stays(storage).await;
    keys_come_back_newest_first(storage).await;
    a_taken_name_adds_nothing(storage).await;
    the_same_name_is_replaced_and_others_stay(storage).await;
    one_key_goes_or_the_whole_set(storage).await;
    everything_sealed_is_sealed_anew_or_nothing(storage).await;
}

fn sealed(kid: &str, key_data: &str) -> SealedKey {
    SealedKey {
        kid: kid.to_owned(),
        key_data: key_data.to_owned(),
    }
}

async fn names(storage: &Storage, set: &str) -> Vec<String> {
    let keys = storage.keys(set).await.unwrap();
    keys.into_iter().map(|key| key.kid).collect()
}

async fn of_many_first_keys_one_stays(storage: &Storage) {
    assert_eq!(storage.keys("set").await.unwrap(), []);
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..4 {
        let storage = storage.clone();
        attempts.spawn(async move {
            let key = sealed(&format!("kid {number}"), &"x".repeat(5000));
            storage
                .add_keys("set", Some(&[]), &[key], NOW)
                .await
                .unwrap()
        });
    }
    let outcomes = attempts.join_all().await;
    let created = outcomes.iter().filter(|it| **it == Creation::Created);
    assert_eq!(created.count(), 1, "{outcomes:?}");
    let keys = storage.keys("set").await.unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].key_data.len(), 5000);
    assert_eq!(storage.keys("Set").await.unwrap(), []);
    assert!(storage.delete_keys("set").await.unwrap());
}

/// All within one second.
async fn keys_come_back_newest_first(storage: &Storage) {
    for kid in ["b", "c", "a"] {
        let added = storage
            .add_keys("ordered", None, &[sealed(kid, kid)], NOW)
            .await;
        assert_eq!(added.unwrap(), Creation::Created);
    }
    let last = [sealed("B", "1"), sealed("A", "2")];
    storage.put_keys("ordered", &last, NOW).await.unwrap();
    assert_eq!(names(storage, "ordered").await, ["A", "B", "a", "c", "b"]);
    assert_eq!(
        storage.key("ordered", "A").await.unwrap(),
        Some(sealed("A", "2"))
    );
    for (set, kid) in [
        ("ordered", "x"),
        ("Ordered", "A"),
        ("ordered", "A "),
        ("ordered", "A\0"),
        ("", "A"),
    ] {
        assert_eq!(
            storage.key(set, kid).await.unwrap(),
            None,
            "{set:?} {kid:?}"
        );
    }
    assert!(storage.delete_keys("ordered").await.unwrap());
}

async fn a_taken_name_adds_nothing(storage: &Storage) {
    let first = [sealed("private:a", "1"), sealed("public:a", "2")];
    storage.add_keys("taken", None, &first, NOW).await.unwrap();
    let second = [sealed("other", "3"), sealed("public:a", "4")];
    let added = storage.add_keys("taken", None, &second, NOW).await.unwrap();
    assert_eq!(added, Creation::Exists);
    assert_eq!(names(storage, "taken").await, ["public:a", "private:a"]);

    // What is there must be what is known, all of it and nothing else.
    let new = [sealed("new", "5")];
    for known in [&["public:a"][..], &[], &["public:a", "x"], &["a", "b", "c"]] {
        let known: Vec<String> = known.iter().map(|kid| (*kid).to_owned()).collect();
        let added = storage.add_keys("taken", Some(&known), &new, NOW).await;
        assert_eq!(added.unwrap(), Creation::Exists, "{known:?}");
    }
    let known = ["private:a".to_owned(), "public:a".to_owned()];
    let added = storage.add_keys("taken", Some(&known), &new, NOW).await;
    assert_eq!(added.unwrap(), Creation::Created);
    assert!(storage.delete_keys("taken").await.unwrap());
}

async fn the_same_name_is_replaced_and_others_stay(storage: &Storage) {
    let first = [sealed("a", "1"), sealed("b", "1")];
    storage.put_keys("put", &first, NOW).await.unwrap();
    let second = [sealed("c", "2"), sealed("a", "2")];
    storage.put_keys("put", &second, NOW).await.unwrap();
    // Once more, with nothing to change.
    storage.put_keys("put", &second, NOW).await.unwrap();
    let keys = storage.keys("put").await.unwrap();
    assert_eq!(keys, [sealed("c", "2"), sealed("b", "1"), sealed("a", "2")]);
    assert!(storage.delete_keys("put").await.unwrap());
}

async fn one_key_goes_or_the_whole_set(storage: &Storage) {
    let keys = ["a", "A", "b"].map(|kid| sealed(kid, "1"));
    storage.put_keys("going", &keys, NOW).await.unwrap();
    storage.put_keys("staying", &keys, NOW).await.unwrap();
    assert!(storage.delete_key("going", "a").await.unwrap());
    assert!(!storage.delete_key("going", "a").await.unwrap());
    assert_eq!(names(storage, "going").await, ["b", "A"]);
    assert!(storage.delete_keys("going").await.unwrap());
    assert!(!storage.delete_keys("going").await.unwrap());
    assert_eq!(names(storage, "staying").await.len(), 3);
    for nonsense in ["", "a\0", " "] {
        assert!(!storage.delete_keys(nonsense).await.unwrap());
        assert!(!storage.delete_key("staying", nonsense).await.unwrap());
    }
    assert!(storage.delete_keys("staying").await.unwrap());
}

async fn everything_sealed_is_sealed_anew_or_nothing(storage: &Storage) {
    storage.property_or_set("sealed", "old").await.unwrap();
    let keys = [sealed("a", "old"), sealed("b", "new")];
    storage.put_keys("sealed/1", &keys, NOW).await.unwrap();
    storage.put_keys("sealed/2", &keys, NOW).await.unwrap();

    let anew = |_: Place<'_>, value: &str| {
        Ok::<_, StorageError>((value == "old").then(|| "new".to_owned()))
    };
    let stuck = |place: Place<'_>, value: &str| match place {
        Place::Key {
            set: "sealed/2",
            kid: "a",
        } => Err(StorageError::from(sqlx::Error::RowNotFound)),
        _ => anew(place, value),
    };
    assert!(storage.reseal("sealed", stuck).await.is_err());
    assert_eq!(
        storage.property_or_set("sealed", "").await.unwrap(),
        "old",
        "what was changed before the failure changed back"
    );

    let mut processes = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let storage = storage.clone();
        processes.spawn(async move { storage.reseal("sealed", anew).await.unwrap() });
    }
    let mut changed = processes.join_all().await;
    changed.sort_unstable();
    assert_eq!(changed, [0, 0, 0, 3]);
    assert_eq!(storage.property_or_set("sealed", "").await.unwrap(), "new");
    for set in ["sealed/1", "sealed/2"] {
        for key in storage.keys(set).await.unwrap() {
            assert_eq!(key.key_data, "new");
        }
        assert!(storage.delete_keys(set).await.unwrap());
    }
}
