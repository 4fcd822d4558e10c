//! The one test binary: the program seen from outside, and the rules of the house.

mod bad_input;
mod cli;
mod faults;
mod flood;
mod house;
mod settings;
mod several_chats;
mod store;
mod support;
mod team_talk;
mod threads;
mod way_of_a_message;
mod widget_api;
