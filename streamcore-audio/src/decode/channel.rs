//! The bounded channel between a decoder's thread and its engine.
//!
//! **Few wake-ups.** A sender that found it full waits until half of it was taken, not until there is room for one more: so the thread decodes
//! half a second at a time, not a tenth. Names and results are those of [`std::sync::mpsc`].

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{SendError, TryRecvError},
    },
};

/// A channel that holds this many messages at most.
pub(crate) fn sync_channel<T>(most: usize) -> (SyncSender<T>, Receiver<T>) {
    let shared = Arc::new(Shared { most, queue: Mutex::new(Queue::new()), bell: Condvar::new() });
    (SyncSender(Arc::clone(&shared)), Receiver(shared))
}

#[derive(Debug)]
struct Shared<T> {
    most: usize,
    queue: Mutex<Queue<T>>,
    /// The sender waits for room, or a test for messages.
    bell: Condvar,
}

#[derive(Debug)]
struct Queue<T> {
    messages: VecDeque<T>,
    waiting: bool,
    no_sender: bool,
    no_receiver: bool,
}

impl<T> Queue<T> {
    fn new() -> Self {
        Self { messages: VecDeque::new(), waiting: false, no_sender: false, no_receiver: false }
    }
}

impl<T> Shared<T> {
    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one end.
#[derive(Debug)]
pub(crate) struct SyncSender<T>(Arc<Shared<T>>);

impl<T> SyncSender<T> {
    /// Sends, waiting for room. Fails if there is no receiver any more.
    pub(crate) fn send(&self, message: T) -> Result<(), SendError<T>> {
        let mut queue = self.0.queue();
        if queue.messages.len() >= self.0.most {
            queue.waiting = true;
            while queue.waiting && !queue.no_receiver {
                queue = self.0.bell.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
        if queue.no_receiver {
            return Err(SendError(message));
        }
        queue.messages.push_back(message);
        #[cfg(test)]
        self.0.bell.notify_all();
        Ok(())
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.0.queue().no_sender = true;
        #[cfg(test)]
        self.0.bell.notify_all();
    }
}

/// The other end. Dropping it lets the sender go.
#[derive(Debug)]
pub(crate) struct Receiver<T>(Arc<Shared<T>>);

impl<T> Receiver<T> {
    /// Takes a message if there is one.
    pub(crate) fn try_recv(&self) -> Result<T, TryRecvError> {
        let mut queue = self.0.queue();
        let message = queue.messages.pop_front();
        if queue.waiting && queue.messages.len() <= self.0.most / 2 {
            queue.waiting = false;
            self.0.bell.notify_all();
        }
        message.ok_or(if queue.no_sender { TryRecvError::Disconnected } else { TryRecvError::Empty })
    }

    /// Waits for a message.
    #[cfg(test)]
    pub(crate) fn recv(&self) -> Result<T, TryRecvError> {
        loop {
            match self.try_recv() {
                Err(TryRecvError::Empty) => {}
                done => return done,
            }
            let queue = self.0.queue();
            if queue.messages.is_empty() && !queue.no_sender {
                drop(self.0.bell.wait(queue).unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.no_receiver = true;
        let left = std::mem::take(&mut queue.messages);
        self.0.bell.notify_all();
        drop(queue);
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use super::*;

    #[test]
    fn a_sender_that_waits_goes_on_when_half_was_taken() {
        let (send, receive) = sync_channel(4);
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            for n in 0..8 {
                send.send(n).unwrap();
                tell.send(n).unwrap();
            }
        });
        let sent = |count| told.iter().take(count).last();
        assert_eq!(sent(4), Some(3));
        assert_eq!(receive.try_recv(), Ok(0));
        assert_eq!(told.recv_timeout(Duration::from_millis(50)).ok(), None, "one place is not enough to wake it");
        assert_eq!(receive.recv(), Ok(1));
        assert_eq!(sent(2), Some(5));
        assert_eq!([receive.recv(), receive.recv(), receive.recv()], [Ok(2), Ok(3), Ok(4)]);
        thread.join().unwrap();
        assert_eq!([receive.recv(), receive.recv(), receive.recv()], [Ok(5), Ok(6), Ok(7)]);
        assert_eq!(receive.try_recv(), Err(TryRecvError::Disconnected));
    }

    #[test]
    fn a_sender_is_let_go_when_nobody_receives() {
        let (send, receive) = sync_channel(1);
        send.send(1).unwrap();
        assert_eq!(receive.try_recv(), Ok(1));
        assert_eq!(receive.try_recv(), Err(TryRecvError::Empty));
        send.send(2).unwrap();
        let thread = thread::spawn(move || send.send(3));
        drop(receive);
        assert_eq!(thread.join().unwrap(), Err(SendError(3)));
    }
}
