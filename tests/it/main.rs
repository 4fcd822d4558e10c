//! The one test binary: the program seen from outside, and the rules of the house.

mod admin;
mod bad_input;
mod cli;
mod faults;
mod flood;
mod history;
mod house;
mod inbox;
mod presence;
mod settings;
mod several_chats;
mod sign_in;
mod store;
mod support;
mod team_talk;
mod threads;
mod way_of_a_message;
mod widget_api;
