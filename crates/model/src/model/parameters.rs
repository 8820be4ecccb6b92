//! All parameter tables together, typed, for one period of a scenario.

use std::sync::Arc;

use crate::scenario::pairs::Pairs;
use crate::scenario::parameter::{ParameterTable, TableInfo};
use crate::scenario::registry::Registry;
use crate::scenario::resolved::{Row, Scenario, Values};

#[cfg(test)]
use super::kinds::kept::Kept;
use super::kinds::kept::OnParameters;
use super::mechanisms::{fighters, measures, plots, population, recruiters, services, sharing};
use super::state::ids::{CountryId, LanguageId, List, MovementId, PeriodId, Position};

macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $field:ident: $kind:ty,)+) => {
        /// The typed tables of one country, or of the world.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Tables {
            $($(#[doc = $doc])+ pub $field: Arc<$kind>,)+
        }

        const _: () = {
            $(answers::<$kind>();)+
        };

        impl Tables {
            fn infos() -> Vec<TableInfo> {
                vec![$(<$kind>::INFO),+]
            }

            /// What is kept of the tables that differ.
            #[cfg(test)]
            pub(crate) fn kept_of_changes(&self, other: &Self) -> Vec<Kept> {
                let mut all = Vec::new();
                $(if self.$field != other.$field {
                    all.extend(<$kind as OnParameters>::KEPT);
                })+
                all
            }

            /// The typed form of rows; what is the same in one of the others is shared with it.
            fn read(rows: &[Row], others: [Option<(&[Row], &Self)>; 2]) -> Self {
                let empty = Row::from(Vec::new());
                let mut places = 0_usize..;
                Self { $($field: {
                    let at = places.next().unwrap_or_default();
                    let row = rows.get(at).unwrap_or(&empty);
                    let others = others.map(|o| o.and_then(|(rows, typed)| Some((rows.get(at)?, &typed.$field))));
                    typed::<$kind>(row, others)
                }),+ }
            }
        }
    };
}

tables! {
    /// M1.
    country: population::countries::CountryEntry,
    /// M5.
    movement: population::movements::MovementEntry,
    /// M7, by language.
    language: recruiters::virtual_entrepreneurs::LanguageEntry,
    /// M2.
    onset: population::onset::Onset,
    /// M2, the reaction to attacks.
    grievance: population::grievance::Grievance,
    /// M3.
    peers: population::peers::Peers,
    /// M4.
    stages: population::stages::Stages,
    /// M6.
    in_person: recruiters::in_person::InPersonRecruiters,
    /// M7.
    virtual_entrepreneurs: recruiters::virtual_entrepreneurs::VirtualEntrepreneurs,
    /// M8.
    stings: recruiters::stings::Stings,
    /// M9.
    travel: fighters::travel::Travel,
    /// M10.
    abroad: fighters::abroad::Abroad,
    /// M11.
    territory: fighters::territory::Territory,
    /// M12.
    returns: fighters::returns::Returns,
    /// M13.
    returnees: fighters::returnees::Returnees,
    /// M14.
    pathways: plots::pathways::Pathways,
    /// M15.
    work: plots::work::Work,
    /// M15, the harm of a completed attack.
    harm: plots::harm::Harm,
    /// M16.
    secrecy: plots::secrecy::Secrecy,
    /// M17.
    survivors: plots::survivors::Survivors,
    /// M18.
    place: plots::place::Place,
    /// M19 to M24, the staff.
    services: services::staff::Services,
    /// M19.
    leads: services::leads::Leads,
    /// M20.
    triage: services::triage::Triage,
    /// M21, the memory of evidence.
    evidence: services::subjects::Evidence,
    /// M21.
    subjects: services::subjects::Subjects,
    /// M22.
    detection: services::detection::Detection,
    /// M22, officer hours and silence.
    effort: services::effort::Effort,
    /// M22, joining what a service holds.
    linking: services::linking::Linking,
    /// M22, the channels of signs.
    sign_channels: services::effort::SignChannels,
    /// M23.
    intervention: services::intervention::Intervention,
    /// M24.
    aftermath: services::aftermath::Aftermath,
    /// M24, the investigation of plots that have ended.
    investigations: services::investigations::Investigations,
    /// M25.
    intrusion: services::intrusion::Intrusion,
    /// M12, checks at borders between countries.
    borders: sharing::borders::Borders,
    /// M26.
    records: sharing::records::Records,
    /// M26, what services outside come to know.
    partners: sharing::partners::Partners,
    /// M27.
    notices: sharing::notices::Notices,
    /// M28.
    pool: sharing::pool::PooledDatabase,
    /// M28, the central desk.
    link_analysis: sharing::pool::LinkAnalysis,
    /// M29.
    membership: sharing::membership::Membership,
    /// Section 7 of the model document: fragments that were never put together.
    dots: sharing::dots::Dots,
    /// M30.
    start: population::start::Start,
    /// M30, the plots in progress on the first counted day.
    plots_at_start: population::in_progress::PlotsAtStart,
    /// M31.
    observation: measures::observation::Observation,
    /// Levers: emergency powers.
    emergency: measures::emergency::Emergency,
    /// Levers: community prevention.
    prevention: measures::prevention::Prevention,
    /// Section 7c of the model document: how the other side answers.
    adaptation: measures::adaptation::Adaptation,
    /// Unit costs.
    costs: measures::costs::Costs,
}

/// A table that does not say what is kept of it does not compile.
const fn answers<T: OnParameters>() {
    let _ = T::KEPT.len();
}

/// Every parameter table of the model, in order.
pub fn registry() -> Registry {
    Registry::new(Tables::infos())
}

/// The typed parameters of one period; periods and countries share the tables in which they do not differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// World tables, and the common defaults of country tables.
    pub world: Tables,
    /// Country tables.
    pub countries: List<CountryId, Tables>,
    /// Movement attributes.
    pub movements: List<MovementId, population::movements::MovementEntry>,
    /// Language attributes.
    pub languages: List<LanguageId, recruiters::virtual_entrepreneurs::LanguageEntry>,
    /// What may pass between pairs of countries, where a scenario says so (M29).
    pub pairs: Option<Arc<Pairs>>,
}

/// A row that has been read, with its typed form.
type Read<'a, T> = Option<(&'a Row, &'a Arc<T>)>;

/// The typed form of a row: that of one of these where it holds the same numbers.
fn typed<T: ParameterTable>(row: &Row, others: [Read<T>; 2]) -> Arc<T> {
    let same = others.into_iter().flatten().find(|(other, _)| other.same(row));
    same.map_or_else(|| Arc::new(T::read(row)), |(_, typed)| Arc::clone(typed))
}

impl Parameters {
    /// The typed form of resolved values; what is the same as in the period before is shared with it.
    fn read(values: &Values, before: Option<(&Values, &Self)>) -> Self {
        let world =
            Tables::read(&values.world, [before.map(|(old, typed)| (old.world.as_slice(), &typed.world)), None]);
        let mut countries: List<CountryId, Tables> = List::default();
        countries.reserve(values.countries.len());
        for (c, rows) in values.countries.iter().enumerate() {
            let earlier = before.map(|(old, typed)| (old.countries[c].as_slice(), &typed.countries[CountryId::at(c)]));
            // Most countries have what the one before has.
            let neighbour = c.checked_sub(1).map(|c| values.countries[c].as_slice()).zip(countries.last());
            countries.add(Tables::read(rows, [earlier, neighbour]));
        }
        Self {
            world,
            countries,
            movements: values.movements.iter().map(|m| population::movements::MovementEntry::read(m)).collect(),
            languages: values
                .languages
                .iter()
                .map(|l| recruiters::virtual_entrepreneurs::LanguageEntry::read(l))
                .collect(),
            pairs: values.pairs.clone(),
        }
    }

    /// What is kept of the attributes of movements and languages that differ.
    #[cfg(test)]
    pub(crate) fn kept_of_entries(&self, other: &Self) -> Vec<Kept> {
        fn of<T: OnParameters + PartialEq>(a: &[T], b: &[T]) -> &'static [Kept] {
            if a == b { &[] } else { T::KEPT }
        }
        [of(&self.movements, &other.movements), of(&self.languages, &other.languages)].concat()
    }

    /// The periods of a scenario: from when, and the parameters in force.
    pub(crate) fn periods(scenario: &Scenario) -> List<PeriodId, (f64, Self)> {
        let mut periods: List<PeriodId, (f64, Self)> = List::default();
        periods.reserve(scenario.snapshots.len());
        for (i, snapshot) in scenario.snapshots.iter().enumerate() {
            let earlier = i.checked_sub(1).map(|last| &*scenario.snapshots[last].values);
            let before = earlier.zip(periods.last().map(|(_, typed)| typed));
            let typed = Self::read(&snapshot.values, before);
            periods.add((snapshot.time, typed));
        }
        periods
    }
}
