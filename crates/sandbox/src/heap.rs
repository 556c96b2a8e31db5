//! The holes in the heap of the C library: what was freed, and lies between what was not. An allocator takes the next
//! piece of memory from them, each from another page, and looks through lists that lead all over the heap: with numpy, pandas and
//! matplotlib 3,400 pages, of which a zygote wrote to 650, and which every fork of it took along. With the holes filled, what is
//! new comes from the end of the heap, one piece beside the other.

/// Fills the holes of this process's heap for good. The process has one thread, and with it one heap.
#[cfg(target_env = "gnu")]
pub(crate) fn fill_holes() {
    /// Sizes that a piece can have (malloc(3) aligns to 16 bytes, of which 8 are its own). Larger holes are filled piece by piece.
    const LARGEST: usize = 64 << 10;
    const STEP: usize = 16;

    #[expect(unsafe_code, reason = "the allocator is asked for what nobody wants back")]
    // SAFETY: the calls have no preconditions, and each pointer that is freed was just given.
    unsafe {
        let heap = libc::mallinfo();
        let (Ok(free), Ok(at_end)) = (usize::try_from(heap.fordblks), usize::try_from(heap.keepcost)) else { return };
        // Where the last piece begins, which is cut for what no hole can take.
        let end = libc::sbrk(0).addr().saturating_sub(at_end);
        // More than there are holes, so that it ends on a heap of another form as well. What the allocator keeps at hand for this
        // thread counts as in use.
        let mut left = 2 * free + (1 << 20);
        for size in (1..LARGEST / STEP).rev().map(|n| n * STEP + STEP / 2) {
            loop {
                let piece = libc::malloc(size);
                if piece.is_null() || left < size {
                    return;
                }
                if piece.addr() >= end {
                    libc::free(piece);
                    break;
                }
                left -= size;
            }
        }
    }
}

/// Of other allocators nothing is known.
#[cfg(not(target_env = "gnu"))]
pub(crate) const fn fill_holes() {}
