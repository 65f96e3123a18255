//! The published figures, cut into stretches of time that the network is drawn in.
