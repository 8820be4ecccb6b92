//! Names by position: each list of the state is read by its own kind of position and by no other.

use std::ops::{Deref, DerefMut, Index, IndexMut, Range};

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)*) => {
        $($(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub(crate) struct $name(pub(crate) u32);

        // Not every kind of position needs a place for nobody.
        #[allow(dead_code)]
        impl $name {
            /// Refers to nothing.
            pub(crate) const NONE: Self = Self(u32::MAX);

            /// Whether it refers to nothing.
            #[inline]
            pub(crate) const fn is_none(self) -> bool {
                self.0 == u32::MAX
            }

            /// Whether it refers to something.
            #[inline]
            pub(crate) const fn is_some(self) -> bool {
                !self.is_none()
            }
        }

        impl Position for $name {
            #[inline]
            fn at(place: usize) -> Self {
                Self(place as u32)
            }

            #[inline]
            fn place(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

/// A position in one kind of list.
pub trait Position: Copy {
    /// The position of an entry.
    fn at(place: usize) -> Self;

    /// Where the entry stands.
    fn place(self) -> usize;
}

ids! {
    /// A person.
    PersonId;
    /// Friends who came to it together.
    CircleId;
    /// A plot.
    PlotId;
    /// A service's file on a person.
    FileId;
    /// A lead about a named person.
    LeadId;
    /// A virtual entrepreneur.
    RecruiterId;
    /// A recruiter in person.
    InPersonId;
    /// A fragment's job on the central desk.
    JobId;
    /// A neighbourhood.
    NeighbourhoodId;
    /// What a movement has in a neighbourhood.
    PresenceId;
    /// A group clock.
    GroupId;
    /// A period of constant parameters.
    PeriodId;
    /// The end of a month.
    MonthId;
}

impl PeriodId {
    /// The period after it.
    #[inline]
    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// All positions of a range, in order.
#[inline]
pub(crate) fn positions<I: Position>(range: &Range<I>) -> impl Iterator<Item = I> + use<I> {
    (range.start.place()..range.end.place()).map(I::at)
}

macro_rules! small_ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)*) => {
        $($(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub(crate) u8);

        impl From<$name> for usize {
            #[inline]
            fn from(id: $name) -> Self {
                id.place()
            }
        }

        impl Position for $name {
            #[inline]
            fn at(place: usize) -> Self {
                Self(place as u8)
            }

            #[inline]
            fn place(self) -> usize {
                usize::from(self.0)
            }
        })*
    };
}

small_ids! {
    /// A country with its service; `usize::from` gives its position in the scenario.
    CountryId;
    /// A movement; `usize::from` gives its position in the scenario.
    MovementId;
    /// A language; `usize::from` gives its position in the scenario.
    LanguageId;
}

impl CountryId {
    /// The bit that stands for its service among records.
    #[inline]
    pub(crate) const fn bit(self) -> u64 {
        1 << self.0
    }
}

/// A list that is read by one kind of position.
#[derive(Debug)]
pub struct List<I, T> {
    entries: Vec<T>,
    by: std::marker::PhantomData<I>,
}

/// A copy has the room of the original: it goes on growing where that one did.
impl<I, T: Clone> Clone for List<I, T> {
    fn clone(&self) -> Self {
        let mut entries = Vec::with_capacity(self.entries.capacity());
        entries.extend_from_slice(&self.entries);
        Self { entries, by: std::marker::PhantomData }
    }

    fn clone_from(&mut self, other: &Self) {
        self.entries.clone_from(&other.entries);
    }
}

impl<I, T> Default for List<I, T> {
    fn default() -> Self {
        Self { entries: Vec::new(), by: std::marker::PhantomData }
    }
}

impl<I: Position, T> List<I, T> {
    /// Adds an entry at the end, and says where it stands.
    #[inline]
    pub(crate) fn add(&mut self, entry: T) -> I {
        let id = self.next();
        self.entries.push(entry);
        id
    }

    /// Where the next entry will stand.
    #[inline]
    pub(crate) fn next(&self) -> I {
        I::at(self.entries.len())
    }

    /// All positions in order.
    #[inline]
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.entries.len()).map(I::at)
    }

    /// All entries in order, each with its position.
    #[inline]
    pub(crate) fn with_ids(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.entries.iter().enumerate().map(|(place, entry)| (I::at(place), entry))
    }

    /// The entry at a position, if there is one.
    #[inline]
    pub(crate) fn get(&self, id: I) -> Option<&T> {
        self.entries.get(id.place())
    }

    /// The same entry at so many positions.
    pub(crate) fn of(entry: T, count: usize) -> Self
    where
        T: Clone,
    {
        Self { entries: vec![entry; count], by: std::marker::PhantomData }
    }

    /// The last position whose entry passes the test.
    pub(crate) fn last_with(&self, test: impl Fn(&T) -> bool) -> Option<I> {
        self.entries.iter().rposition(test).map(I::at)
    }

    /// The entries at a range of positions.
    #[inline]
    pub(crate) fn part(&self, range: &Range<I>) -> &[T] {
        &self.entries[range.start.place()..range.end.place()]
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
    }
}

impl<I, T> FromIterator<T> for List<I, T> {
    fn from_iter<E: IntoIterator<Item = T>>(entries: E) -> Self {
        Self { entries: Vec::from_iter(entries), by: std::marker::PhantomData }
    }
}

impl<I, T: PartialEq> PartialEq for List<I, T> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<'l, I, T> IntoIterator for &'l List<I, T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<'l, I, T> IntoIterator for &'l mut List<I, T> {
    type Item = &'l mut T;
    type IntoIter = std::slice::IterMut<'l, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter_mut()
    }
}

impl<I: Position, T> Index<I> for List<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, id: I) -> &T {
        &self.entries[id.place()]
    }
}

impl<I: Position, T> IndexMut<I> for List<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.entries[id.place()]
    }
}

impl<I, T> Deref for List<I, T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.entries
    }
}

impl<I, T> DerefMut for List<I, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.entries
    }
}
