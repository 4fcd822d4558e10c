//! Named places where a test may kill the process.
//!
//! What lives here: reaching such a place, and reading from the environment which one kills. What must not: any effect in a
//! build without the feature `failpoints`; there both functions do nothing.
//!
//! A test sets `FAILPOINTS` before it starts the program: `store_before_commit=return` kills at the first commit,
//! `store_before_commit=2*off->return` lets two pass and kills at the third.

/// Listens to the variable `FAILPOINTS`. Called when the program starts; a second start in one process changes nothing.
pub fn arm() {
    #[cfg(feature = "failpoints")]
    {
        static ARMED: std::sync::Once = std::sync::Once::new();
        // The scenario's end would disarm every place; it shall last as long as the process. A second one would wait for
        // that end for ever.
        ARMED.call_once(|| std::mem::forget(fail::FailScenario::setup()));
    }
}

/// Says that this place was reached; kills the process with SIGKILL if a test wants that.
pub fn reached(name: &'static str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |_| die());
    #[cfg(not(feature = "failpoints"))]
    let _ = name;
}

/// Not an orderly exit: nothing is flushed, no destructor runs.
#[cfg(feature = "failpoints")]
fn die() {
    use rustix::process::{Signal, getpid, kill_process};
    let _ = kill_process(getpid(), Signal::KILL);
    loop {
        std::thread::park();
    }
}
