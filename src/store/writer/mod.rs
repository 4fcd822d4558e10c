//! The one writer: commits together what waits together.
//!
//! What lives here: the queue, the batch, and the replay one by one when a batch fails, so that one caller's failure is
//! never another's. What must not: how a change becomes SQL ([`encode`], [`statements`]), or what a guard means
//! ([`guards`]).

mod encode;
mod guards;
mod heirs;
mod statements;
mod transaction;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::transaction::{Failure, Verdict};
use super::error::{CommitError, StoreError};
use super::sql::{Pool, Sql};
use super::write::Write;

pub(super) use self::encode::without_nul;

/// Most writes of one transaction. Beyond some hundred the cost of the commit itself no longer counts, and a batch that
/// fails is replayed one by one.
const BATCH: usize = 512;

/// How many writes may wait for one writer before callers wait to hand theirs over.
const QUEUE: usize = 4 * BATCH;

/// How often a write is tried that PostgreSQL called off for another one's sake (deadlock, serialisation).
const TRIES: u32 = 5;

/// Every statement of these files.
pub(super) fn statements() -> impl Iterator<Item = Sql> {
    guards::ALL.iter().chain(statements::all()).copied()
}

struct Job {
    write: Write,
    reply: oneshot::Sender<Result<(), CommitError>>,
}

/// The writers' queues: one for SQLite, several for PostgreSQL.
pub(super) struct Writers {
    queues: Vec<mpsc::Sender<Job>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Writers {
    /// Starts `count` writers over the pool.
    pub(super) fn start(pool: &Pool, count: usize) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let queues = (0..count)
            .map(|_| {
                let (queue, waiting) = mpsc::channel(QUEUE);
                tasks.spawn(Writer { pool: pool.clone(), waiting, stop: stop.clone() }.run());
                queue
            })
            .collect();
        Self { queues, tasks, stop }
    }

    /// Hands a write over and waits for what became of it.
    pub(super) async fn commit(&self, write: Write) -> Result<(), CommitError> {
        let (reply, answer) = oneshot::channel();
        // Ids are mostly random bits, the last ones always.
        let index = usize::try_from(write.key.as_u128() % self.queues.len().max(1) as u128).unwrap_or_default();
        let closed = || CommitError::Unavailable(StoreError::Closed);
        let queue = self.queues.get(index).ok_or_else(closed)?;
        queue.send(Job { write, reply }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Takes no more writes, makes those that wait, and returns once that is done.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

struct Writer {
    pool: Pool,
    waiting: mpsc::Receiver<Job>,
    stop: CancellationToken,
}

impl Writer {
    async fn run(mut self) {
        let mut jobs = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled(), if !self.waiting.is_closed() => self.waiting.close(),
                count = self.waiting.recv_many(&mut jobs, BATCH) => {
                    if count == 0 {
                        return;
                    }
                    self.make(std::mem::take(&mut jobs)).await;
                }
            }
        }
    }

    async fn make(&self, jobs: Vec<Job>) {
        if jobs.len() > 1 {
            let writes: Vec<&Write> = jobs.iter().map(|job| &job.write).collect();
            match transaction::run(&self.pool, &writes).await {
                Ok(verdicts) => {
                    for (job, verdict) in jobs.into_iter().zip(verdicts) {
                        job.answer(verdict.into());
                    }
                    return;
                }
                Err(failure) => tracing::debug!(
                    error = %failure.source,
                    statement = failure.statement,
                    batch.writes = jobs.len(),
                    "a batch failed and is made again one write at a time"
                ),
            }
        }
        for job in jobs {
            let result = self.make_alone(&job.write).await;
            job.answer(result);
        }
    }

    async fn make_alone(&self, write: &Write) -> Result<(), CommitError> {
        let mut tried = 0;
        loop {
            tried += 1;
            match transaction::run(&self.pool, &[write]).await {
                Ok(verdicts) => return verdicts.into_iter().next().unwrap_or(Verdict::Conflict).into(),
                Err(failure) if failure.is_violation() => return Err(CommitError::Conflict),
                Err(failure) if failure.may_pass() && tried < TRIES => {}
                Err(Failure { statement, source }) => {
                    return Err(CommitError::Unavailable(StoreError::at(statement, source)));
                }
            }
        }
    }
}

impl Job {
    fn answer(self, result: Result<(), CommitError>) {
        // A caller that stopped waiting has decided not to know.
        let _ = self.reply.send(result);
    }
}

impl From<Verdict> for Result<(), CommitError> {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Made => Ok(()),
            Verdict::Conflict => Err(CommitError::Conflict),
        }
    }
}
