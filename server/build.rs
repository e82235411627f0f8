//! A new migration does not touch any Rust file, so cargo must be told to look.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
