//! Filters as the kernel takes them: classic BPF over `struct seccomp_data` (seccomp(2); "BPF instructions" in the kernel's
//! Documentation/networking/filter.rst). A call is found by halving the list of all calls, not by asking for one after the other:
//! the kernel translates the filter for each process that installs it, and tries the number of every call on it beforehand.

use crate::syscalls::Test;
use libc::{
    BPF_ABS, BPF_ALU, BPF_AND, BPF_JA, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W,
    SECCOMP_RET_KILL_PROCESS, seccomp_data,
};
use std::{collections::BTreeMap, mem::offset_of, num::TryFromIntError};

/// One instruction, of the layout that the kernel wants.
pub(crate) type Instruction = libc::sock_filter;

/// What is done about one call: a `SECCOMP_RET_*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Whatever its arguments are.
    Always(u32),
    /// `matched` if all tests of one of the alternatives hold.
    Where { alternatives: Vec<&'static [Test]>, matched: u32, otherwise: u32 },
}

/// `AUDIT_ARCH_*`: whose numbers of calls these are.
#[cfg(target_arch = "x86_64")]
pub(crate) const MACHINE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
pub(crate) const MACHINE: u32 = 0xc000_00b7;

/// The filter that gives these answers, and `otherwise` to every other call. A call of another kind of machine (32-bit) ends the
/// process. Fails where a jump would lead further than one can.
pub(crate) fn compile(answers: &BTreeMap<u32, Answer>, otherwise: u32) -> Result<Vec<Instruction>, TryFromIntError> {
    let mut program = vec![
        load(offset_of!(seccomp_data, arch))?,
        jump(BPF_JEQ, MACHINE, 1, 0)?,
        give(SECCOMP_RET_KILL_PROCESS)?,
        load(offset_of!(seccomp_data, nr))?,
    ];
    program.extend(tree(&ranges(answers, &Answer::Always(otherwise)))?);
    Ok(program)
}

/// From which number on which answer is given, until the next one; the first is 0.
fn ranges<'a>(answers: &'a BTreeMap<u32, Answer>, otherwise: &'a Answer) -> Vec<(u32, &'a Answer)> {
    let mut ranges: Vec<(u32, &Answer)> = Vec::new();
    let mut next = 0;
    for (&call, answer) in answers {
        if next < call {
            ranges.push((next, otherwise));
        }
        ranges.push((call, answer));
        next = call.saturating_add(1);
    }
    ranges.push((next, otherwise));
    ranges.dedup_by(|latter, former| latter.1 == former.1);
    ranges
}

/// What a number leads to that is loaded and lies in one of these ranges.
fn tree(ranges: &[(u32, &Answer)]) -> Result<Vec<Instruction>, TryFromIntError> {
    let (below, from) = ranges.split_at(ranges.len() / 2);
    let Some((middle, answer)) = from.first() else { return Ok(Vec::new()) };
    if below.is_empty() {
        return leaf(answer);
    }
    let below = tree(below)?;
    let mut program = match jump(BPF_JGE, *middle, below.len(), 0) {
        Ok(direct) => vec![direct],
        // Conditions lead 255 instructions far.
        Err(_) => vec![jump(BPF_JGE, *middle, 0, 1)?, instruction(BPF_JMP | BPF_JA, below.len().try_into()?)?],
    };
    program.extend(below);
    program.extend(tree(from)?);
    Ok(program)
}

fn leaf(answer: &Answer) -> Result<Vec<Instruction>, TryFromIntError> {
    match answer {
        Answer::Always(action) => Ok(vec![give(*action)?]),
        Answer::Where { alternatives, matched, otherwise } => {
            let mut program = Vec::new();
            for tests in alternatives {
                program.extend(alternative(tests, *matched)?);
            }
            program.push(give(*otherwise)?);
            Ok(program)
        }
    }
}

/// Gives `matched` if all tests hold, and goes on behind itself if one does not.
fn alternative(tests: &[Test], matched: u32) -> Result<Vec<Instruction>, TryFromIntError> {
    let mut program = vec![give(matched)?];
    // From the last on: each must know how much comes after it.
    for test in tests.iter().rev() {
        let (beyond, rest) = (program.len(), program);
        program = match *test {
            Test::Is(argument, value) => vec![load(lower(argument))?, jump(BPF_JEQ, value, 0, beyond)?],
            Test::Bits { argument, of, are } => vec![
                load(lower(argument))?,
                instruction(BPF_ALU | BPF_AND | BPF_K, of)?,
                jump(BPF_JEQ, are, 0, beyond)?,
            ],
            Test::Null(argument) => vec![
                load(lower(argument))?,
                jump(BPF_JEQ, 0, 0, beyond + 2)?,
                load(upper(argument))?,
                jump(BPF_JEQ, 0, 0, beyond)?,
            ],
        };
        program.extend(rest);
    }
    Ok(program)
}

/// Where half of an argument lies; both machines have the lower one first.
const fn lower(argument: u8) -> usize {
    offset_of!(seccomp_data, args) + 8 * argument as usize
}

const fn upper(argument: u8) -> usize {
    lower(argument) + 4
}

fn load(offset: usize) -> Result<Instruction, TryFromIntError> {
    instruction(BPF_LD | BPF_W | BPF_ABS, offset.try_into()?)
}

fn give(action: u32) -> Result<Instruction, TryFromIntError> {
    instruction(BPF_RET | BPF_K, action)
}

/// Over that many instructions.
fn jump(condition: u32, value: u32, if_so: usize, if_not: usize) -> Result<Instruction, TryFromIntError> {
    let plain = instruction(BPF_JMP | condition | BPF_K, value)?;
    Ok(Instruction { jt: if_so.try_into()?, jf: if_not.try_into()?, ..plain })
}

fn instruction(code: u32, k: u32) -> Result<Instruction, TryFromIntError> {
    Ok(Instruction { code: code.try_into()?, jt: 0, jf: 0, k })
}

/// What the kernel does with a program.
#[cfg(test)]
pub(crate) mod interpreter {
    use super::*;

    /// What a program says of a call.
    pub(crate) fn run(program: &[Instruction], machine: u32, call: u32, arguments: [u64; 6]) -> u32 {
        let half = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap();
        let mut data = vec![call, machine, 0, 0];
        data.extend(arguments.iter().flat_map(|a| [half(*a), half(*a >> 32)]));
        let (mut at, mut value) = (0, 0);
        loop {
            let Instruction { code, jt, jf, k } = program[at];
            at += 1;
            let branch = |holds: bool| usize::from(if holds { jt } else { jf });
            match u32::from(code) {
                0x20 => value = data[k as usize / 4],
                0x54 => value &= k,
                0x05 => at += k as usize,
                0x15 => at += branch(value == k),
                0x35 => at += branch(value >= k),
                0x06 => return k,
                other => panic!("{other:#x}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{interpreter::run, *};

    const NO: u32 = 0;
    const YES: u32 = 1;
    const TESTS: &[Test] = &[Test::Is(0, 5), Test::Bits { argument: 1, of: 6, are: 2 }, Test::Null(2)];

    fn answers() -> BTreeMap<u32, Answer> {
        let tested = Answer::Where { alternatives: vec![TESTS, &[Test::Is(5, 9)]], matched: YES, otherwise: NO };
        let always = [0, 1, 2, 7, 9, 10].map(|call| (call, Answer::Always(YES)));
        always.into_iter().chain([(8, tested)]).collect()
    }

    #[test]
    fn each_call_gets_its_answer() {
        let program = compile(&answers(), NO).unwrap();
        let given: Vec<u32> = (0..14).map(|call| run(&program, MACHINE, call, [0; 6])).collect();
        assert_eq!(given, [1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0]);
        assert_eq!(run(&program, MACHINE, u32::MAX, [0; 6]), NO);
        assert_eq!(run(&program, MACHINE ^ 0x8000_0000, 0, [0; 6]), SECCOMP_RET_KILL_PROCESS);
    }

    #[test]
    fn all_tests_of_one_alternative_must_hold() {
        let program = compile(&answers(), NO).unwrap();
        let high = 1 << 32;
        for (arguments, expected) in [
            ([5, 2, 0, 0, 0, 0], YES),
            ([5 + high, 2 + 8 + high, 0, 0, 0, 0], YES),
            ([4, 2, 0, 0, 0, 0], NO),
            ([5, 4, 0, 0, 0, 0], NO),
            ([5, 2, 1, 0, 0, 0], NO),
            ([5, 2, high, 0, 0, 0], NO),
            ([0, 0, 0, 0, 0, 9], YES),
            ([5, 2, 1, 0, 0, 9], YES),
        ] {
            assert_eq!(run(&program, MACHINE, 8, arguments), expected, "{arguments:?}");
        }
    }

    #[test]
    fn a_long_way_is_no_obstacle() {
        // Every second call has two instructions of its own: far more than a condition leads over.
        let answers = (0..1000).map(|call| (2 * call, Answer::Always(call))).collect();
        let program = compile(&answers, 5000).unwrap();
        for call in 0..2100 {
            let expected = if call % 2 == 0 && call < 2000 { call / 2 } else { 5000 };
            assert_eq!(run(&program, MACHINE, call, [0; 6]), expected);
        }
    }
}
