extension TraceStatistics {
    /// The results as CSV (RFC 4180): `statistic,variant,layer,value,count`, layers from 0, values with six decimals.
    public var csv: String {
        var text = "statistic,variant,layer,value,count\n"
        for row in rows {
            let variant = row.variant.contains(",") ? "\"\(row.variant)\"" : row.variant
            text += "\(row.statistic),\(variant),\(row.layer),\(Self.decimals(row.value)),\(row.count)\n"
        }
        return text
    }

    /// Six decimals, rounded half away from zero.
    static func decimals(_ value: Double) -> String {
        let scaled = (value.magnitude * 1_000_000).rounded()
        let whole = Int(scaled) / 1_000_000
        let digits = String(Int(scaled) % 1_000_000)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return "\(sign)\(whole).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
    }
}
