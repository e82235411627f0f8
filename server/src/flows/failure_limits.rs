//! Whoever guesses secrets is made to wait.
//!
//! Failures are counted for a client at an address, and for an address as a whole. An address is what
//! the guesser cannot choose freely; a client alone is never locked, since then anybody anywhere could
//! lock it out by guessing. What a guesser spread over many addresses can try is bounded by the cost of a
//! hash, of which at most one per processor is computed at a time.
//!
//! A client that has shown its secret at an address is not held up by what others do at that address,
//! which may be a whole company's, but for its own failures only.
//!
//! The counts are this process's own. Nothing that is right or wrong hangs on them: `n` processes bear
//! `n` times as many guesses. In the database they would turn each guess into a write, and a guesser
//! into a load. They take bounded memory; when it is full, the oldest half is forgotten.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::clock::UnixTime;

/// In how many seconds all failures of a limit are forgiven, one after the other.
const FORGIVEN_AFTER: i64 = 5 * 60;
/// For how many seconds it counts that a client has shown its secret at an address.
const PROVEN_FOR: i64 = 24 * 60 * 60;
/// How many entries one generation may have: 16 bytes each, and three tables of two generations.
const CAPACITY: usize = 50_000;

/// How many failures are borne in five minutes before the next attempt has to wait. Zero: any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of a client at an address.
    pub client: u32,
    /// Of all clients at an address.
    pub address: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            client: 10,
            address: 100,
        }
    }
}

/// Counts failures and says who has to wait.
#[derive(Debug)]
pub struct FailureLimits {
    limits: Limits,
    keys: RandomState,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the last failure of a client at an address is forgiven.
    clients: Table,
    /// When the last failure of an address is forgiven.
    addresses: Table,
    /// When a client last showed its secret at an address.
    proven: Table,
}

/// Somebody has to wait before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl FailureLimits {
    /// Limits, with nothing counted yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::with_capacity(limits, CAPACITY)
    }

    fn with_capacity(limits: Limits, capacity: usize) -> Self {
        Self {
            limits,
            keys: RandomState::new(),
            state: Mutex::new(State {
                clients: Table::new(capacity),
                addresses: Table::new(capacity),
                proven: Table::new(capacity),
            }),
        }
    }

    /// Whether `client` at `address` may try now.
    ///
    /// # Errors
    /// It has to wait.
    pub fn check(&self, client: &str, address: IpAddr, now: UnixTime) -> Result<(), Wait> {
        let address = network(address);
        let pair = self.key((client, address));
        let mut state = self.lock();
        wait(&mut state.clients, pair, self.limits.client, now)?;
        let proven = state.proven.get(pair);
        if proven.is_some_and(|since| now.0 - since < PROVEN_FOR) {
            return Ok(());
        }
        let address = self.key(address);
        wait(&mut state.addresses, address, self.limits.address, now)
    }

    /// Notes that `client` at `address` showed a wrong secret, or is unknown.
    pub fn failed(&self, client: &str, address: IpAddr, now: UnixTime) {
        let address = network(address);
        let (pair, address) = (self.key((client, address)), self.key(address));
        let mut state = self.lock();
        charge(&mut state.clients, pair, self.limits.client, now);
        charge(&mut state.addresses, address, self.limits.address, now);
    }

    /// Notes that `client` at `address` showed its secret.
    pub fn succeeded(&self, client: &str, address: IpAddr, now: UnixTime) {
        let pair = self.key((client, network(address)));
        self.lock().proven.set(pair, now.0);
    }

    /// Under a key of the process, so that nobody can choose what collides.
    fn key(&self, of: impl Hash) -> u64 {
        self.keys.hash_one(of)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What counts as one address: whoever has an IPv6 address has the 2^64 of its network too.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

/// Each failure is forgiven `FORGIVEN_AFTER / limit` after the one before; so the table needs no more
/// than the time at which the last one will be (the generic cell rate algorithm). Milliseconds.
fn wait(table: &mut Table, key: u64, limit: u32, now: UnixTime) -> Result<(), Wait> {
    let Some(each) = milliseconds_each(limit) else {
        return Ok(());
    };
    let forgiven = table.get(key).unwrap_or_default();
    let borne_until = now.0.saturating_mul(1000) + each * (i64::from(limit) - 1);
    match u64::try_from(forgiven - borne_until) {
        Ok(over) if over > 0 => Err(Wait(Duration::from_secs(over.div_ceil(1000)))),
        _ => Ok(()),
    }
}

fn charge(table: &mut Table, key: u64, limit: u32, now: UnixTime) {
    if let Some(each) = milliseconds_each(limit) {
        let now = now.0.saturating_mul(1000);
        let forgiven = table.get(key).unwrap_or_default().max(now);
        table.set(key, forgiven + each);
    }
}

fn milliseconds_each(limit: u32) -> Option<i64> {
    (FORGIVEN_AFTER * 1000).checked_div(i64::from(limit))
}

/// A table that forgets. What is looked up or written is young; when the young are too many, they become
/// the old, and the old of before are dropped.
#[derive(Debug)]
struct Table {
    capacity: usize,
    young: HashMap<u64, i64>,
    old: HashMap<u64, i64>,
}

impl Table {
    fn new(capacity: usize) -> Self {
        Self {
            capacity,
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    fn get(&mut self, key: u64) -> Option<i64> {
        if let Some(value) = self.young.get(&key) {
            return Some(*value);
        }
        let value = self.old.remove(&key)?;
        self.set(key, value);
        Some(value)
    }

    fn set(&mut self, key: u64, value: i64) {
        if self.young.len() >= self.capacity && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_512_371_155);

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn limits() -> FailureLimits {
        FailureLimits::new(Limits {
            client: 10,
            address: 100,
        })
    }

    fn later(seconds: u64) -> UnixTime {
        NOW.after(Duration::from_secs(seconds))
    }

    #[test]
    fn a_client_may_fail_ten_times_and_then_once_in_thirty_seconds() {
        let limits = limits();
        let here = ip("192.0.2.1");
        for _ in 0..10 {
            limits.check("app", here, NOW).unwrap();
            limits.failed("app", here, NOW);
        }
        let wait = limits.check("app", here, NOW);
        assert_eq!(wait, Err(Wait(Duration::from_secs(30))));
        let wait = limits.check("app", here, later(20));
        assert_eq!(wait, Err(Wait(Duration::from_secs(10))));
        limits.check("app", here, later(30)).unwrap();
        limits.failed("app", here, later(30));
        assert!(limits.check("app", here, later(59)).is_err());
        // All is forgiven.
        for _ in 0..10 {
            limits.check("app", here, later(360)).unwrap();
            limits.failed("app", here, later(360));
        }
        assert!(limits.check("app", here, later(360)).is_err());
    }

    #[test]
    fn guessing_elsewhere_does_not_lock_a_client_out() {
        let limits = limits();
        for last in 0..=255 {
            for _ in 0..50 {
                limits.failed("app", ip(&format!("198.51.100.{last}")), NOW);
            }
        }
        limits.check("app", ip("192.0.2.1"), NOW).unwrap();
    }

    #[test]
    fn an_address_is_limited_however_many_clients_it_claims_to_be() {
        let limits = limits();
        let here = ip("192.0.2.1");
        for guess in 0..100 {
            let client = format!("client-{guess}");
            limits.check(&client, here, NOW).unwrap();
            limits.failed(&client, here, NOW);
        }
        let wait = limits.check("another", here, NOW);
        assert_eq!(wait, Err(Wait(Duration::from_secs(3))));
        limits.check("another", ip("192.0.2.2"), NOW).unwrap();
    }

    #[test]
    fn whoever_showed_its_secret_is_not_held_up_by_the_others_at_its_address() {
        let limits = limits();
        let here = ip("192.0.2.1");
        limits.succeeded("app", here, NOW);
        for guess in 0..1000 {
            limits.failed(&format!("client-{guess}"), here, NOW);
        }
        limits.check("app", here, NOW).unwrap();
        // Its own failures count all the same.
        for _ in 0..10 {
            limits.failed("app", here, NOW);
        }
        assert!(limits.check("app", here, NOW).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_a_mapped_address_is_ipv4() {
        let limits = limits();
        for guess in 0..10 {
            limits.failed("app", ip(&format!("2001:db8::{guess:x}")), NOW);
            limits.failed("app", ip("::ffff:192.0.2.1"), NOW);
        }
        assert!(limits.check("app", ip("2001:db8::ffff:1"), NOW).is_err());
        assert!(limits.check("app", ip("2001:db8:0:1::1"), NOW).is_ok());
        assert!(limits.check("app", ip("192.0.2.1"), NOW).is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let limits = FailureLimits::with_capacity(Limits::default(), 100);
        for guess in 0..10_000_u32 {
            let address = IpAddr::from(guess.to_be_bytes());
            limits.failed(&format!("client-{guess}"), address, NOW);
            limits.succeeded("app", address, NOW);
        }
        let state = limits.lock();
        for table in [&state.clients, &state.addresses, &state.proven] {
            assert!(table.young.len() <= 100 && table.old.len() <= 100);
        }
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        let limits = FailureLimits::new(Limits {
            client: 0,
            address: 0,
        });
        let here = ip("192.0.2.1");
        for _ in 0..10_000 {
            limits.failed("app", here, NOW);
        }
        limits.check("app", here, NOW).unwrap();
    }
}
