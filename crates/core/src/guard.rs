//! Panics must not cross the ABI: in a method they end the process, in a drop they abort it. Both sides use these guards.
//! A panic in a drop *during* unwinding still aborts: only another process contains that.

use crate::abi::{PluginError, Reply};
use abi_stable::std_types::RErr;
use async_ffi::{FfiFuture, FutureExt};
use std::{
    any::Any,
    future::Future,
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

/// Runs `f`; a panic becomes an error of kind `panic` with its message.
pub fn catch<T>(f: impl FnOnce() -> T) -> Result<T, PluginError> {
    catch_unwind(AssertUnwindSafe(f)).map_err(panicked)
}

/// The message of a panic.
pub fn panicked(payload: Box<dyn Any + Send>) -> PluginError {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    std::mem::forget(payload); // its drop might panic too
    PluginError::new("panic", format!("it panicked: {}", text.as_deref().unwrap_or("(no message)")))
}

/// Drops its value inside a guard.
pub struct Contained<T>(ManuallyDrop<T>);

impl<T> Contained<T> {
    /// Takes care of `value`.
    pub fn new(value: T) -> Self {
        Self(ManuallyDrop::new(value))
    }
}

impl<T> std::ops::Deref for Contained<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Drop for Contained<T> {
    #[expect(unsafe_code, reason = "dropping a ManuallyDrop in place, inside the guard")]
    fn drop(&mut self) {
        // SAFETY: dropped here, once, and not used again: this is the owner's own drop.
        let _ = catch(|| unsafe { ManuallyDrop::drop(&mut self.0) });
    }
}

/// A future whose polls and drop are guarded.
pub struct Guarded<F>(Contained<F>);

impl<F> Guarded<F> {
    /// Takes care of `future`.
    pub fn new(future: F) -> Self {
        Self(Contained::new(future))
    }
}

impl<F: Future<Output = Reply>> Future for Guarded<F> {
    type Output = Reply;

    #[expect(unsafe_code, reason = "pin projection to the only field")]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        // SAFETY: structural pinning; the future is never moved out and is dropped in place.
        let inner = unsafe { self.map_unchecked_mut(|this| &mut *this.0.0) };
        catch(|| inner.poll(cx)).unwrap_or_else(|e| Poll::Ready(RErr(e)))
    }
}

/// The only way a future goes over the ABI: one allocation, guarded polls, guarded drop.
pub fn ffi(future: impl Future<Output = Reply> + Send + 'static) -> FfiFuture<Reply> {
    Guarded::new(future).into_ffi()
}
