//! The store: reader threads, one writer thread, and one commit for all who wait.

use std::{
    fs::{File, OpenOptions},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use crate::{
    backend::Connection,
    error::{Error, Result},
    migrate::{Migration, migrate},
    server::Server,
    sql::Tx,
};

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder with the embedded store.
    Folder(PathBuf),
    /// A PostgreSQL server; the folder holds the keys.
    Postgres {
        /// Which, and how it is reached.
        server: Server,
        /// Folder for the key store.
        keys: PathBuf,
    },
}

impl Location {
    /// The folder that holds the keys (and the embedded store).
    pub fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) | Self::Postgres { keys: folder, .. } => folder,
        }
    }
}

/// Most commands in one commit.
const GROUP: usize = 256;
/// Reader threads: the machine this is made for has two cores.
const READERS: usize = 2;

/// A piece of work in a group: runs in its own savepoint and, once the group is durable, answers.
trait Work: Send {
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    fn answer(self: Box<Self>, outcome: Result<()>);
    /// Whether it is no transaction at all, but upkeep of the file between two.
    fn upkeep(&self) -> bool {
        false
    }
}

/// Upkeep: runs nothing itself.
struct Upkeep(Reply<Result<()>>);

impl Work for Upkeep {
    fn run(&mut self, _: &mut Tx<'_>) -> bool {
        true
    }
    fn answer(self: Box<Self>, outcome: Result<()>) {
        self.0.send(outcome);
    }
    fn upkeep(&self) -> bool {
        true
    }
}

type Job = Box<dyn Work>;

/// A store. Cheap to clone; the last clone that goes waits for queued writes.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Option<mpsc::Sender<Job>>,
    readers: Option<mpsc::Sender<Job>>,
    reader_threads: Vec<JoinHandle<()>>,
    writer_thread: Option<JoinHandle<()>>,
    location: Location,
    /// Held as long as the store is open.
    _lock: File,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // closing the queues ends the threads after what still waits; the writer goes last,
        // because only a connection that may write folds the log back into the store
        drop(self.readers.take());
        for thread in self.reader_threads.drain(..) {
            // a thread that panicked has already answered `Closing` to all who waited
            let _ = thread.join();
        }
        drop(self.writer.take());
        if let Some(thread) = self.writer_thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens (and if need be makes) a store and brings its schema up to date.
    ///
    /// # Errors
    /// In words for the person at the command line: in use, unwritable, made by a newer program.
    pub fn open(location: &Location, migrations: &[Migration]) -> Result<Self> {
        // the PostgreSQL driver runs a loop of its own: from a thread that already runs one it would panic
        let opened = std::thread::scope(|scope| scope.spawn(|| Self::open_here(location, migrations)).join());
        opened.unwrap_or(Err(Error::Panicked))
    }

    fn open_here(location: &Location, migrations: &[Migration]) -> Result<Self> {
        let folder = location.folder();
        make_folder(folder)?;
        // on a server too: the folder holds the keys, and a second process would sweep those that the first just made
        let lock = lock(folder)?;
        let connect = |reader| match location {
            Location::Folder(folder) => Connection::sqlite(&folder.join("store.db"), reader),
            Location::Postgres { server, .. } => Connection::postgres(server),
        };
        let mut writer = connect(false)?;
        writer.begin(true)?;
        if matches!(location, Location::Postgres { .. }) {
            // two processes that start at once: the second waits and then finds everything done
            writer.batch("SELECT pg_advisory_xact_lock(5201811)")?;
        }
        migrate(&mut writer.tx(), migrations)?;
        writer.batch("COMMIT")?;

        let (write, write_queue) = mpsc::channel::<Job>();
        let (read, read_queue) = mpsc::channel::<Job>();
        let read_queue = Arc::new(Mutex::new(read_queue));
        let writer_thread = Some(spawn("writer", move || write_loop(writer, &write_queue))?);
        let mut reader_threads = Vec::new();
        for _ in 0..READERS {
            let (connection, queue) = (connect(true)?, Arc::clone(&read_queue));
            reader_threads.push(spawn("reader", move || read_loop(connection, &queue))?);
        }
        let (writer, readers, location) = (Some(write), Some(read), location.clone());
        let shared = Shared { writer, readers, reader_threads, writer_thread, location, _lock: lock };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.shared.location
    }

    /// Runs work on a snapshot.
    ///
    /// # Errors
    /// Those of the work, and of the store.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let answer = submit(self.shared.readers.as_ref(), work);
        answer.await.unwrap_or_else(|_| Err(Error::Closing.into()))
    }

    /// Runs work in the next commit and answers when it is durable.
    ///
    /// # Errors
    /// Those of the work (nothing is changed then), and of the store.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let answer = submit(self.shared.writer.as_ref(), work);
        answer.await.unwrap_or_else(|_| Err(Error::Closing.into()))
    }

    /// [`Store::read`] for the command line and tests.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        wait(self.shared.readers.as_ref(), work)
    }

    /// [`Store::write`] for the command line and tests.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        wait(self.shared.writer.as_ref(), work)
    }
}

impl Store {
    /// Writes the database anew and folds its log back: what was deleted is in no byte of its files any more.
    ///
    /// # Errors
    /// When that cannot be done now, as when a long read is going on; then try again.
    pub fn scrub_blocking(&self) -> Result<()> {
        let (reply, answer) = Answer::channel();
        if let Some(queue) = self.shared.writer.as_ref() {
            // when the thread is gone the job is dropped, and with it the reply
            let _ = queue.send(Box::new(Upkeep(Reply::Thread(reply))));
        }
        answer.wait().unwrap_or(Err(Error::Closing))
    }
}

pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    // names are sealed, dates and codes are not: a new folder is for its owner alone
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        Error::Unusable(format!("cannot make the folder {}: {error}; choose another with --data", folder.display()))
    })
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("store.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|error| {
        Error::Unusable(format!("cannot write in the folder {}: {error}; choose another with --data", folder.display()))
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Unusable(format!(
            "the store in {} is in use by another bestendig process; stop that one first",
            folder.display()
        ))),
        Err(std::fs::TryLockError::Error(error)) => Err(Error::file(path)(error)),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Error::file(name))
}

struct Task<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: Reply<Result<T, E>>,
}

/// Who waits for an answer: a request, or a thread (also one that runs an event loop, as in tests).
enum Reply<A> {
    Request(oneshot::Sender<A>),
    Thread(Answer<A, mpsc::SyncSender<()>>),
}

/// The place of an answer, and the end of a channel that says it is there. The channel carries nothing itself: one that
/// did would be compiled anew for each of some hundreds of answers.
struct Answer<A, End> {
    place: Arc<Mutex<Option<A>>>,
    there: End,
}

impl<A> Answer<A, ()> {
    fn channel() -> (Answer<A, mpsc::SyncSender<()>>, Answer<A, mpsc::Receiver<()>>) {
        let place = Arc::default();
        let (say, there) = mpsc::sync_channel(1);
        (Answer { place: Arc::clone(&place), there: say }, Answer { place, there })
    }
}

impl<A> Answer<A, mpsc::SyncSender<()>> {
    fn send(self, answer: A) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        // nobody waits any more: the same as for a request
        let _ = self.there.send(());
    }
}

impl<A> Answer<A, mpsc::Receiver<()>> {
    /// Nothing when the other end was dropped without an answer.
    fn wait(self) -> Option<A> {
        self.there.recv().ok()?;
        self.place.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<A> Reply<A> {
    /// An answer that nobody waits for any more is not an error: the browser went away.
    fn send(self, answer: A) {
        match self {
            Self::Request(reply) => drop(reply.send(answer)),
            Self::Thread(reply) => reply.send(answer),
        }
    }
}

impl<F, T, E> Work for Task<F, T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx))).unwrap_or_else(|_| Err(Error::Panicked.into()));
        let fine = outcome.is_ok();
        self.outcome = Some(outcome);
        fine
    }

    fn answer(mut self: Box<Self>, group: Result<()>) {
        let own = self.outcome.take().unwrap_or_else(|| Err(Error::Closing.into()));
        self.reply.send(match (own, group) {
            (Ok(value), Ok(())) => Ok(value),
            (Ok(_), Err(error)) => Err(error.into()),
            (Err(error), _) => Err(error),
        });
    }
}

fn submit<T, E>(
    queue: Option<&mpsc::Sender<Job>>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> oneshot::Receiver<Result<T, E>>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    enqueue(queue, work, Reply::Request(reply));
    answer
}

/// Hands work to a thread and waits for its answer.
fn wait<T, E>(
    queue: Option<&mpsc::Sender<Job>>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = Answer::channel();
    enqueue(queue, work, Reply::Thread(reply));
    answer.wait().unwrap_or_else(|| Err(Error::Closing.into()))
}

fn enqueue<T, E>(
    queue: Option<&mpsc::Sender<Job>>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    reply: Reply<Result<T, E>>,
) where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    if let Some(queue) = queue {
        // when the thread is gone the job is dropped, and with it the reply: the caller reads `Closing`
        let _ = queue.send(Box::new(Task { work: Some(work), outcome: None, reply }));
    }
}

fn read_loop(mut connection: Connection, queue: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut job) = job else { return };
        match connection.begin(false) {
            Ok(()) => {
                job.run(&mut connection.tx());
                // a read transaction has nothing to lose: only its snapshot ends
                job.answer(connection.batch("COMMIT").or_else(|_| connection.batch("ROLLBACK")));
            }
            Err(error) => job.answer(Err(error)),
        }
    }
}

fn write_loop(mut connection: Connection, queue: &mpsc::Receiver<Job>) {
    let mut poisoned = false;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = queue.try_recv()
        {
            group.push(next);
        }
        if poisoned {
            group.into_iter().for_each(|job| job.answer(Err(Error::Poisoned)));
            continue;
        }
        let (upkeep, mut group): (Vec<Job>, Vec<Job>) = group.into_iter().partition(|job| job.upkeep());
        let outcome = if group.is_empty() { Ok(()) } else { commit_group(&mut connection, &mut group) };
        poisoned = outcome.as_ref().is_err_and(Error::is_io);
        let mut outcome = Some(outcome);
        for job in group {
            let own = match &outcome {
                Some(Ok(())) => Ok(()),
                // the first hears what happened, the others that their commit failed with it
                Some(Err(_)) => outcome.take().unwrap_or(Ok(())),
                None => Err(Error::Unusable("the commit failed; nothing was changed; try again".to_owned())),
            };
            job.answer(own);
        }
        upkeep.into_iter().for_each(|job| job.answer(connection.scrub()));
    }
}

fn commit_group(connection: &mut Connection, group: &mut [Job]) -> Result<()> {
    connection.begin(true)?;
    for job in group {
        let done = connection.batch("SAVEPOINT piece").map(|()| job.run(&mut connection.tx()));
        let closed = match done {
            Ok(true) => connection.batch("RELEASE SAVEPOINT piece"),
            Ok(false) => connection.batch("ROLLBACK TO SAVEPOINT piece; RELEASE SAVEPOINT piece"),
            Err(error) => Err(error),
        };
        if let Err(error) = closed {
            // the transaction cannot go on; rolling back may fail too when the connection is gone
            let _ = connection.batch("ROLLBACK");
            return Err(error);
        }
    }
    connection.batch("COMMIT").inspect_err(|_| {
        let _ = connection.batch("ROLLBACK");
    })
}
