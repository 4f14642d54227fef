//! Columns of a list: which of them fit, and how wide they are. By rank, so that the least important go first.

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// 0 is never left out.
    pub rank: u8,
    /// The least that it is of use with.
    pub least: u16,
    /// The most that it can use.
    pub most: u16,
}

/// The space between two columns.
const GAP: u16 = 1;

/// For each column its offset and width; `None` where it is left out.
pub fn places(columns: &[Column], wide: u16) -> Vec<Option<(u16, u16)>> {
    let mut taken: Vec<bool> = columns.iter().map(|column| column.rank == 0).collect();
    let need = |taken: &[bool]| -> u16 {
        let each = columns.iter().zip(taken).filter(|(_, taken)| **taken);
        each.map(|(column, _)| column.least + GAP).sum::<u16>().saturating_sub(GAP)
    };
    let mut ranks: Vec<(u8, usize)> = columns.iter().enumerate().map(|(index, column)| (column.rank, index)).collect();
    ranks.sort_unstable();
    for (_, index) in ranks {
        if !taken[index] {
            taken[index] = true;
            if need(&taken) > wide {
                taken[index] = false;
                // A column of less use never stands where one of more use had no room.
                break;
            }
        }
    }
    let mut widths: Vec<u16> = columns.iter().map(|column| column.least).collect();
    let mut left = wide.saturating_sub(need(&taken));
    // A cell each, in turn, until all have enough.
    while left > 0 {
        let mut given = false;
        for (index, column) in columns.iter().enumerate() {
            if taken[index] && widths[index] < column.most && left > 0 {
                widths[index] += 1;
                left -= 1;
                given = true;
            }
        }
        if !given {
            break;
        }
    }
    let mut at = 0;
    let mut places = Vec::new();
    for (index, width) in widths.into_iter().enumerate() {
        places.push(taken[index].then_some((at, width)));
        if taken[index] {
            at += width + GAP;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fold_by_rank_and_share_what_is_left() {
        let columns = [
            Column { title: "A", rank: 0, least: 4, most: 10 },
            Column { title: "B", rank: 2, least: 5, most: 5 },
            Column { title: "C", rank: 1, least: 3, most: 6 },
        ];
        assert_eq!(places(&columns, 14), [Some((0, 4)), Some((5, 5)), Some((11, 3))]);
        assert_eq!(places(&columns, 10), [Some((0, 5)), None, Some((6, 4))]);
        assert_eq!(places(&columns, 5), [Some((0, 5)), None, None]);
        assert_eq!(places(&columns, 40), [Some((0, 10)), Some((11, 5)), Some((17, 6))]);
    }
}
