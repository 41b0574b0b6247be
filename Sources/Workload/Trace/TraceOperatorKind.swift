public enum TraceOperatorKind: UInt8 { case embed }
