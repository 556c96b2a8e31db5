//! Arithmetic on small integers, and comparison of constants.

use super::value::Value;
use rustpython_ast::{CmpOp, Operator, UnaryOp};

/// `op operand`.
pub(super) fn unary(op: UnaryOp, operand: &Value) -> Value {
    operand.map(|value| match (op, value) {
        (UnaryOp::Not, value) => value.truth().map_or(Value::Unknown, |truth| Value::Bool(!truth)),
        (UnaryOp::USub, value) if value.as_int().is_some() => {
            value.as_int().and_then(i64::checked_neg).map_or(Value::Number, Value::Int)
        }
        (UnaryOp::UAdd, value) => value.clone(),
        (UnaryOp::Invert, value) if value.as_int().is_some() => {
            value.as_int().map_or(Value::Number, |i| Value::Int(!i))
        }
        (_, Value::Symbol(_)) => value.clone(),
        _ => Value::Number,
    })
}

/// `left op right`, of numbers.
pub(super) fn binary(left: &Value, op: Operator, right: &Value) -> Value {
    let numeric = |value: &Value| matches!(value, Value::Int(_) | Value::Number | Value::Bool(_));
    let (Some(a), Some(b)) = (left.as_int(), right.as_int()) else {
        return if numeric(left) && numeric(right) { Value::Number } else { Value::Unknown };
    };
    let small = u32::try_from(b).ok();
    let result = match op {
        Operator::Add => a.checked_add(b),
        Operator::Sub => a.checked_sub(b),
        Operator::Mult => a.checked_mul(b),
        Operator::FloorDiv => a.checked_div_euclid(b).filter(|_| b > 0),
        Operator::Mod => a.checked_rem_euclid(b).filter(|_| b > 0),
        Operator::Pow => small.and_then(|b| a.checked_pow(b)),
        Operator::LShift => small.filter(|b| *b < 32).and_then(|b| a.checked_mul(1 << b)),
        Operator::RShift => small.and_then(|b| a.checked_shr(b)),
        Operator::BitOr => Some(a | b),
        Operator::BitXor => Some(a ^ b),
        Operator::BitAnd => Some(a & b),
        Operator::Div | Operator::MatMult => None,
    };
    result.map_or(Value::Number, Value::Int)
}

/// `left op right` of constants; `Unknown` otherwise.
pub(super) fn compare(op: CmpOp, left: &Value, right: &Value) -> Value {
    let ordering = match (left, right) {
        (Value::Text(a), Value::Text(b)) => a.whole().zip(b.whole()).map(|(a, b)| a.cmp(b)),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        _ => left.as_int().zip(right.as_int()).map(|(a, b)| a.cmp(&b)),
    };
    let contained = |found: bool| match (left.as_text(), right.as_text()) {
        (Some(part), Some(whole)) => Value::Bool(whole.contains(part) == found),
        _ => Value::Unknown,
    };
    let Some(ordering) = ordering.filter(|_| !matches!(op, CmpOp::In | CmpOp::NotIn)) else {
        return match op {
            CmpOp::In => contained(true),
            CmpOp::NotIn => contained(false),
            _ => Value::Unknown,
        };
    };
    match op {
        CmpOp::Eq => Value::Bool(ordering.is_eq()),
        CmpOp::NotEq => Value::Bool(ordering.is_ne()),
        CmpOp::Lt => Value::Bool(ordering.is_lt()),
        CmpOp::LtE => Value::Bool(ordering.is_le()),
        CmpOp::Gt => Value::Bool(ordering.is_gt()),
        CmpOp::GtE => Value::Bool(ordering.is_ge()),
        _ => Value::Unknown,
    }
}

/// `int(value, base)`.
pub(super) fn to_int(value: &Value, base: Option<&Value>) -> Value {
    let base = match base {
        None => 10,
        Some(value) => match value.as_int().and_then(|b| u32::try_from(b).ok()) {
            Some(base @ 2..=36) => base,
            _ => return Value::Number,
        },
    };
    value.map(|value| match value.as_text() {
        Some(text) => {
            let digits = text.trim().replace('_', "");
            let digits = match base {
                16 => digits.trim_start_matches("0x"),
                8 => digits.trim_start_matches("0o"),
                2 => digits.trim_start_matches("0b"),
                _ => &digits,
            };
            i64::from_str_radix(digits, base).map_or(Value::Number, Value::Int)
        }
        None => value.as_int().map_or(Value::Number, Value::Int),
    })
}
