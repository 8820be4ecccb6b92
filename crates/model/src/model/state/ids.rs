//! Names by position: each list of the state is read by its own kind of position and by no other.

use std::ops::{Deref, DerefMut, Index, IndexMut};

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
pub(crate) trait Position: Copy {
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
    /// A group clock.
    GroupId;
    /// A period of constant parameters.
    PeriodId;
    /// The end of a month.
    MonthId;
}

macro_rules! small_ids {
    ($($(#[doc = $doc:literal])+ $seen:vis $name:ident;)*) => {
        $($(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        $seen struct $name(pub(crate) u8);

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
    pub CountryId;
    /// A movement; `usize::from` gives its position in the scenario.
    pub MovementId;
    /// A language, by position in the scenario.
    pub(crate) LanguageId;
}

/// A list that is read by one kind of position.
#[derive(Debug)]
pub(crate) struct List<I, T> {
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
    pub(crate) fn ids(&self) -> impl Iterator<Item = I> + use<I, T> {
        (0..self.entries.len()).map(I::at)
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
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
