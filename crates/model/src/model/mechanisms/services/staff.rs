//! The staff of a service: its numbers, and how many teams, servers and free officers they make.

use crate::model::kinds::kept::kept;
use crate::model::sim::live;

crate::parameters! {
    /// Staff of the country's service (M19 to M24): the resources that policies move.
    Services = "services", "M19-M24", Country;
    neutral { analysts = 0.0, surveillance_officers = 0.0, case_officers = 0.0, undercover_personas = 0.0, border_inspections_per_month = 0.0 }
    /// Analysts who assess leads.
    analysts: Count(0.0, 1e6) = 5.0, "analysts", "assumed, after F41";
    /// Officers for watching people day and night.
    surveillance_officers: Count(0.0, 1e6) = 60.0, "officers", "F40";
    /// Officers whom watching one person day and night takes.
    officers_per_team: Number(1.0, 1_000.0) = 30.0, "officers per team", "F40";
    /// Officers who run cases, intervene and follow up.
    case_officers: Count(0.0, 1e6) = 40.0, "officers", "assumed, after F41";
    /// Undercover personas online.
    undercover_personas: Count(0.0, 1e6) = 0.0, "personas", "assumed";
    /// Thorough inspections at the border on the routes from held territory.
    border_inspections_per_month: Number(0.0, 1e9) = 60.0, "inspections per month", "assumed";
    /// Whether officers who make no whole team watch for their part of the time; otherwise they watch nobody.
    part_teams: Switch = 0.0, "switch", "assumed: whole teams only";
    /// Lever: share of teams kept for people who never travelled.
    teams_for_stayed_share: Share = 0.0, "share", "lever, after F12";
    /// Lever: share of teams kept for people who came back from abroad.
    teams_for_travelled_share: Share = 0.0, "share", "lever, after F12";
    /// Share of staff time that ordinary crime and other work take.
    other_work_share: Share = 0.1, "share", "assumed, after F10";
}

kept!(Services: PersonaClocks, LinkingClocks, BackgroundClocks, Teams, Desk, CostRates);

impl Services {
    /// Teams that can watch at once.
    pub(crate) fn teams(&self) -> u32 {
        live!("services", 0);
        libm::floor(self.surveillance_officers * (1.0 - self.other_work_share) / self.officers_per_team + 1e-9) as u32
    }

    /// Teams, with the part that is not whole.
    pub(crate) fn teams_in_part(&self) -> f64 {
        live!("services", 0.0);
        self.surveillance_officers * (1.0 - self.other_work_share) / self.officers_per_team
    }

    /// Whether some teams are kept for those who stayed, or for those who travelled.
    pub(crate) fn keeps_teams(&self) -> bool {
        self.teams_for_stayed_share > 0.0 || self.teams_for_travelled_share > 0.0
    }

    /// Analysts who can assess at once, where a share of them joins files.
    pub(crate) fn analysts_at_work(&self, joining_share: f64) -> u32 {
        live!("services", 0);
        libm::floor(self.analysts * (1.0 - self.other_work_share) * (1.0 - joining_share) + 1e-9) as u32
    }

    /// Analysts at work, parts of a day among them.
    pub(crate) fn analysts_in_full(&self) -> f64 {
        live!("services", 0.0);
        self.analysts * (1.0 - self.other_work_share)
    }

    /// Case officers at work.
    pub(crate) fn officers_at_work(&self) -> f64 {
        self.case_officers * (1.0 - self.other_work_share)
    }
}
