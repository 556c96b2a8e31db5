//! A zygote's memory, laid out for forks. A fork copies the tables of all pages that are anonymous and describes every area
//! again, and the end of a child takes as much down: with numpy, pandas and matplotlib 17,000 pages and 680 areas, which was
//! four tenths of all that a run cost. So once everything is loaded
//!
//! * what was written to, libraries' data included, becomes the image of a file. Pages of a file are left out of a fork, and
//!   come back where they are used;
//! * neighbouring parts of a library get the same rights, and are one area then;
//! * before both, the holes of the heap are filled (`heap.rs`), so that less of it is touched afterwards.
//!
//! The file is in memory, has no name and is sealed: nobody can write to it, whoever gets hold of it. Each process has its own
//! copy of every page that it writes to, as after any fork. That constants may be executed then, and tables of addresses that the
//! linker had closed be written to, takes nothing from who may run any code in this process, and closes nothing against others.
//!
//! Huge pages (`MADV_COLLAPSE`), of memory or of the file, gave nothing: every first write to one splits it.

use crate::{
    areas::Area,
    error::{SandboxError, Step, UNEXPECTED},
    heap,
};
use rustix::{
    fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create},
    io::{Errno, pwrite},
    mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mprotect},
};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Memory of no library that is smaller is not worth it; and of a library's that is larger, most must have been written to.
const LEAST: usize = 256 << 10;

/// Lays out the memory of this process, which has one thread.
pub(crate) fn lay_out() -> Result<(), SandboxError> {
    heap::fill_holes();
    let step = format_args!("make an image of its memory");
    let areas = Area::of_this_process().step(step, UNEXPECTED)?;
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // A system may insist on the former (sysctl vm.memfd_noexec); before Linux 6.3 there is only the latter.
    let file = memfd_create("zygote", flags | MemfdFlags::NOEXEC_SEAL).or_else(|_| memfd_create("zygote", flags));
    let file = file.step(step, UNEXPECTED)?;
    replace(&written(&areas), &file).step(step, UNEXPECTED)?;
    let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
    fcntl_add_seals(&file, seals).step(step, UNEXPECTED)?;
    join(&constants(&areas)).step(format_args!("join the parts of its libraries"), UNEXPECTED)
}

/// Those areas that were written to, and what follows the data of a library.
fn written(areas: &[Area]) -> Vec<&Area> {
    let mut found: Vec<&Area> = Vec::new();
    for area in areas {
        let open = area.is_plain && matches!(area.rights.as_str(), "r--p" | "rw-p");
        let mostly = area.anonymous * 2 >= area.size;
        let counts = if area.is_of_a_file() {
            area.anonymous > 0 && (mostly || area.size < LEAST)
        } else if area.size < LEAST {
            // What a library has beside its file comes next to it.
            area.name.is_empty() && found.last().is_some_and(|last| last.end() == area.start)
        } else {
            mostly && (area.name.is_empty() || area.name == "[heap]" || area.name.starts_with("[anon:"))
        };
        if open && counts {
            found.push(area);
        }
    }
    found
}

/// What is as it came, beside code: areas that could be one with it.
fn constants(areas: &[Area]) -> Vec<&Area> {
    let is_constant = |area: &Area| area.rights == "r--p" && area.anonymous == 0 && area.is_plain;
    let pairs = areas.windows(2).filter_map(|pair| match pair {
        [one, next] if one.goes_on_in(next) => Some((one, next)),
        _ => None,
    });
    let beside = pairs.filter_map(|(one, next)| match (one.rights.as_str(), next.rights.as_str()) {
        ("r-xp", _) if is_constant(next) => Some(next),
        (_, "r-xp") if is_constant(one) => Some(one),
        _ => None,
    });
    beside.collect()
}

fn join(constants: &[&Area]) -> Result<(), Errno> {
    for area in constants {
        #[expect(unsafe_code, reason = "the rights of memory are changed")]
        // SAFETY: what could be read still can; that more is possible then harms nobody who does not try.
        unsafe { mprotect(area.start as *mut _, area.size, MprotectFlags::READ | MprotectFlags::EXEC) }?;
    }
    Ok(())
}

fn replace(areas: &[&Area], file: &OwnedFd) -> Result<(), Errno> {
    let mut offset = 0;
    for area in areas {
        exchange(area.start, area.size, file.as_fd(), offset)?;
        offset += area.size as u64;
    }
    Ok(())
}

/// Between the copy and the exchange nothing but the stack and registers may change: no allocation, no `errno`.
#[expect(unsafe_code, reason = "memory is exchanged under the feet of who uses it")]
#[inline(never)]
fn exchange(start: usize, size: usize, file: BorrowedFd<'_>, offset: u64) -> Result<(), Errno> {
    // SAFETY: the kernel listed the area as readable memory of this process, whose one thread is here; nothing writes to it
    // while this slice lives.
    let bytes = unsafe { std::slice::from_raw_parts(start as *const u8, size) };
    let mut copied = 0;
    while let Some(rest) = bytes.get(copied..).filter(|rest| !rest.is_empty()) {
        match pwrite(file, rest, offset + copied as u64) {
            Ok(0) => return Err(Errno::IO),
            Ok(more) => copied += more,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    let (rights, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE | MapFlags::FIXED);
    // SAFETY: what comes in its place has the same bytes and size, at least the same rights, and is as private; the stack is no
    // part of it.
    unsafe { mmap(start as *mut _, size, rights, flags, file, offset) }.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::areas;

    fn smaps(areas: &[(&str, u64)]) -> Vec<Area> {
        let text = |(line, anonymous): &(&str, u64)| {
            format!("{line}\nSize: 1 kB\nAnonymous:   {anonymous} kB\nVmFlags: rd wr mr mw me ac sd\n")
        };
        areas::parse(&areas.iter().map(text).collect::<String>())
    }

    fn starts(areas: &[&Area]) -> Vec<usize> {
        areas.iter().map(|area| area.start).collect()
    }

    #[test]
    fn what_was_written_to_becomes_the_image() {
        let areas = smaps(&[
            ("1000000-1100000 rw-p 00000000 00:00 0       [heap]", 1024),
            ("2000000-2100000 rw-p 00000000 00:00 0 ", 512),
            ("3000000-3100000 rw-p 00000000 00:00 0 ", 511),
            ("4000000-4100000 ---p 00000000 00:00 0 ", 1024),
            ("5000000-5001000 r--p 00000000 08:01 77     /usr/lib/x.so", 0),
            ("5001000-5002000 r--p 00000000 08:01 77     /usr/lib/x.so", 4),
            ("5002000-5003000 rw-p 00001000 08:01 77     /usr/lib/x.so", 4),
            ("5003000-5004000 rw-p 00000000 00:00 0 ", 0),
            ("6000000-6010000 rw-p 00000000 00:00 0 ", 64),
            ("7000000-7100000 rw-p 00000000 00:00 0       [stack]", 1024),
            ("8000000-8001000 rw-s 00000000 08:01 78     /usr/lib/y", 4),
        ]);
        assert_eq!(starts(&written(&areas)), [0x0100_0000, 0x0200_0000, 0x0500_1000, 0x0500_2000, 0x0500_3000]);
        let mut special = areas;
        for area in &mut special {
            area.is_plain = false;
        }
        assert!(written(&special).is_empty());
    }

    #[test]
    fn constants_beside_code_are_joined_with_it() {
        let areas = smaps(&[
            ("1000-2000 r--p 00000000 08:01 77     /usr/lib/x.so", 0),
            ("2000-3000 r-xp 00001000 08:01 77     /usr/lib/x.so", 0),
            ("3000-4000 r--p 00002000 08:01 77     /usr/lib/x.so", 0),
            ("4000-5000 r--p 00002000 08:01 77     /usr/lib/x.so", 4),
            ("5000-6000 r--p 00000000 08:01 78     /usr/lib/y.so", 0),
            ("6000-7000 r-xp 00001000 08:01 78     /usr/lib/y.so", 0),
            ("7000-8000 r--p 00002000 08:01 78     /usr/lib/y.so", 4),
        ]);
        assert_eq!(starts(&constants(&areas)), [0x1000, 0x3000, 0x5000]);
    }

    #[test]
    fn what_is_exchanged_stays_what_it_is_and_the_file_as_it_was() {
        let file = memfd_create("test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
        let rights = ProtFlags::READ | ProtFlags::WRITE;
        #[expect(unsafe_code, reason = "the test needs memory of its own")]
        // SAFETY: a new mapping, used by this test alone and never unmapped.
        let bytes = unsafe {
            let place = rustix::mm::mmap_anonymous(std::ptr::null_mut(), LEAST, rights, MapFlags::PRIVATE).unwrap();
            std::slice::from_raw_parts_mut(place.cast::<u8>(), LEAST)
        };
        bytes.fill(7);
        exchange(bytes.as_ptr().addr(), LEAST, file.as_fd(), 0).unwrap();
        fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW).unwrap();
        assert!(bytes.iter().all(|byte| *byte == 7));
        bytes[0] = 8;
        let mut read = [0; 2];
        rustix::io::pread(&file, &mut read, 0).unwrap();
        assert_eq!((bytes[0], read), (8, [7, 7]), "a page that is written to is a copy");
        assert_eq!(pwrite(&file, b"x", 0), Err(Errno::PERM));
    }
}
