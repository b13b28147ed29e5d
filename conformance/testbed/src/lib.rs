//! conformance/testbed
