//! The one test binary: the program seen from outside, and the rules of the house.

mod house;
mod settings;
mod store;
mod support;
