//! The areas of this process's memory, as `/proc/self/smaps` lists them (`proc_pid_smaps(5)`): by address, and gaps left out.

use std::{fs, io};

/// One area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    /// Its address.
    pub(crate) start: usize,
    /// In bytes.
    pub(crate) size: usize,
    /// `rw-p`.
    pub(crate) rights: String,
    /// Where in its file it begins.
    offset: usize,
    /// Device and inode of its file, if there is one.
    file: Option<(String, String)>,
    /// A path, `[heap]`, or nothing.
    pub(crate) name: String,
    /// Bytes that are no file's, or not any more.
    pub(crate) anonymous: usize,
    /// Whether all that the kernel knows of it is here, so that another one could take its place. Not so of memory that a fork wipes
    /// (random numbers would be the same on both sides), leaves out or finds locked.
    pub(crate) is_plain: bool,
}

/// `VmFlags` that rights and a usual mapping bring: it may be read, written and executed, may be given these rights, counts as
/// used memory, and was written to since somebody looked.
const PLAIN: [&str; 8] = ["rd", "wr", "ex", "mr", "mw", "me", "ac", "sd"];

impl Area {
    /// All, by address.
    pub(crate) fn of_this_process() -> io::Result<Vec<Self>> {
        Ok(parse(&fs::read_to_string("/proc/self/smaps")?))
    }

    pub(crate) const fn end(&self) -> usize {
        self.start + self.size
    }

    pub(crate) const fn is_of_a_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether file and memory go on in `next`: with the same rights they could be one area.
    pub(crate) fn goes_on_in(&self, next: &Self) -> bool {
        let follows = self.end() == next.start && self.offset + self.size == next.offset;
        self.is_of_a_file() && self.file == next.file && follows
    }
}

pub(crate) fn parse(smaps: &str) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for line in smaps.lines() {
        match (line.split_once(':'), areas.last_mut()) {
            (Some(("Anonymous", kib)), Some(area)) => {
                area.anonymous = kib.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or(0) * 1024;
            }
            (Some(("VmFlags", flags)), Some(area)) => {
                area.is_plain = flags.split_ascii_whitespace().all(|flag| PLAIN.contains(&flag));
            }
            _ => areas.extend(head(line)),
        }
    }
    areas
}

/// The area that this line begins, if it begins one.
fn head(line: &str) -> Option<Area> {
    let mut fields = line.split_ascii_whitespace();
    let number = |text| usize::from_str_radix(text, 16).ok();
    let (start, end) = fields.next()?.split_once('-')?;
    let (start, end) = (number(start)?, number(end)?);
    let (rights, offset, device, inode) = (fields.next()?, number(fields.next()?)?, fields.next()?, fields.next()?);
    Some(Area {
        start,
        size: end.checked_sub(start)?,
        rights: rights.into(),
        offset,
        file: (inode != "0").then(|| (device.into(), inode.into())),
        name: fields.collect::<Vec<_>>().join(" "),
        anonymous: 0,
        is_plain: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read_as_the_kernel_writes_them() {
        let smaps = "\
1000-3000 r-xp 00001000 08:01 77                         /usr/lib/a b.so
Size:                  8 kB
Anonymous:             4 kB
VmFlags: rd ex mr mw me sd
3000-4000 rw-p 00003000 08:01 77                         /usr/lib/a b.so
Anonymous:             0 kB
4000-5000 rw-p 00000000 00:00 0 
VmFlags: rd wr mr mw me ac wf
";
        let areas = parse(smaps);
        let [code, data, rest] = areas.as_slice() else { panic!("{areas:?}") };
        assert_eq!((code.start, code.size, code.anonymous), (0x1000, 0x2000, 4096));
        assert_eq!((code.rights.as_str(), code.name.as_str(), code.is_of_a_file()), ("r-xp", "/usr/lib/a b.so", true));
        assert_eq!(
            (code.is_plain, data.is_plain, rest.is_plain),
            (true, false, false),
            "what is not known is not plain"
        );
        assert!(code.goes_on_in(data) && !data.goes_on_in(rest) && !rest.is_of_a_file());
    }

    #[test]
    fn this_process_has_a_stack_and_code() {
        let areas = Area::of_this_process().unwrap();
        assert!(areas.iter().any(|area| area.name == "[stack]" && area.anonymous > 0 && !area.is_plain));
        assert!(areas.iter().any(|area| area.rights == "r-xp" && area.is_of_a_file() && area.is_plain));
    }
}
