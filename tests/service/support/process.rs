//! The real program as a process of its own, for what only a process can show: starting, stopping, being killed.
