//! The one test binary: the program seen from outside, and the rules of the house.

mod cli;
mod house;
mod settings;
mod store;
mod support;
mod way_of_a_message;
