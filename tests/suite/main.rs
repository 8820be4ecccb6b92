//! The integration tests, one binary.

mod architecture;
mod calibration;
mod cli;
mod closed_form;
mod dense_steps;
mod designs;
mod determinism;
mod discovery;
mod docs;
mod effects;
mod front_door;
mod golden;
mod levers;
mod mechanisms;
mod neutral;
mod optimization;
mod randomness;
mod replay;
mod replay_command;
mod selection;
mod sensitivity;
mod shipped_scenarios;
mod stings;
mod sweep;
mod thresholds;
mod worlds;
