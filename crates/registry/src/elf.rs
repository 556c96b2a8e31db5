//! An ELF library as bytes: whether the file holds every byte that its headers promise, and one section of it.
//!
//! `dlopen` maps what the headers say; where the file is shorter, the first access beyond its end is a SIGBUS that no guard
//! catches. So each range is held against the file's size first. This finds damage, not malice: a library that passes runs
//! its own code anyway.

use crate::error::LoadProblem;
use object::{
    Endianness,
    elf::{EM_AARCH64, EM_RISCV, EM_X86_64, ET_DYN, FileHeader64, Machine, SHT_NOBITS},
    read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable},
};
use std::env::consts::ARCH;

type Header = FileHeader64<Endianness>;

/// A whole library for this machine.
pub(crate) struct Elf<'a> {
    file: &'a [u8],
    endian: Endianness,
    sections: SectionTable<'a, Header>,
}

impl<'a> Elf<'a> {
    /// Checks that `file` is a library for this machine and not cut short.
    pub(crate) fn check(file: &'a [u8]) -> Result<Self, LoadProblem> {
        if file.is_empty() {
            return Err(LoadProblem::Empty);
        }
        if !file.starts_with(b"\x7fELF") {
            return Err(LoadProblem::NotElf);
        }
        if file.len() < size_of::<Header>() {
            return Err(truncated(file, size_of::<Header>() as u64));
        }
        let header = Header::parse(file).map_err(|_| LoadProblem::NotForThisMachine)?;
        let endian = header.endian().map_err(unusable)?;
        if header.e_machine(endian) != machine()? || !endian_is_native(endian) {
            return Err(LoadProblem::NotForThisMachine);
        }
        if header.e_type(endian) != ET_DYN {
            return Err(LoadProblem::NotALibrary);
        }
        let table = |at: u64, count: u16, size: u16| whole(file, (at, u64::from(count) * u64::from(size)));
        table(header.e_phoff(endian), header.e_phnum(endian), header.e_phentsize(endian))?;
        table(header.e_shoff(endian), header.e_shnum(endian), header.e_shentsize(endian))?;
        for segment in header.program_headers(endian, file).map_err(unusable)? {
            whole(file, segment.file_range(endian))?;
        }
        let sections = header.sections(endian, file).map_err(unusable)?;
        for section in sections.iter().filter(|section| section.sh_type(endian) != SHT_NOBITS) {
            whole(file, (section.sh_offset(endian), section.sh_size(endian)))?;
        }
        Ok(Self { file, endian, sections })
    }

    /// The content of the section `name`, if there is one.
    pub(crate) fn section(&self, name: &str) -> Result<Option<&'a [u8]>, LoadProblem> {
        let found = self.sections.section_by_name(self.endian, name.as_bytes());
        found.map(|(_, section)| section.data(self.endian, self.file).map_err(unusable)).transpose()
    }
}

fn whole(file: &[u8], (start, size): (u64, u64)) -> Result<(), LoadProblem> {
    match start.checked_add(size) {
        Some(end) if end <= file.len() as u64 => Ok(()),
        Some(end) => Err(truncated(file, end)),
        None => Err(LoadProblem::Unusable("a range in its headers has no end".into())),
    }
}

fn truncated(file: &[u8], promised: u64) -> LoadProblem {
    LoadProblem::Truncated { bytes: file.len() as u64, promised }
}

fn unusable(error: object::Error) -> LoadProblem {
    LoadProblem::Unusable(error.to_string())
}

fn machine() -> Result<Machine, LoadProblem> {
    match ARCH {
        "x86_64" => Ok(EM_X86_64),
        "aarch64" => Ok(EM_AARCH64),
        "riscv64" => Ok(EM_RISCV),
        _ => Err(LoadProblem::NotForThisMachine),
    }
}

fn endian_is_native(endian: Endianness) -> bool {
    matches!(endian, Endianness::Little) == cfg!(target_endian = "little")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the headers say, reading them neither panics nor reads beyond the file. This test's own program is the
    /// example: it is position-independent, and so a library to ELF.
    #[test]
    fn damaged_headers() {
        let mut file = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let sections = Elf::check(&file).unwrap();
        assert!(sections.section(".text").unwrap().is_some());
        assert!(sections.section(".nonsense").unwrap().is_none());
        let table = usize::try_from(u64::from_le_bytes(file[40..48].try_into().unwrap())).unwrap();
        let mut refused = 0;
        for at in (0..64 + 56 * 12).chain(table..file.len()) {
            let whole = file[at];
            for byte in [0, 1, 0x7f, 0xff] {
                file[at] = byte;
                let read = Elf::check(&file).and_then(|elf| elf.section(".text").map(drop));
                refused += u32::from(read.is_err());
            }
            file[at] = whole;
        }
        assert!(refused > 1000, "{refused}");
    }
}
