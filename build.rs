//! Tells Cargo what the program is made of besides its sources.

fn main() {
    // The migrations are built into the program; without this line a new one would go unnoticed.
    println!("cargo::rerun-if-changed=migrations");
}
