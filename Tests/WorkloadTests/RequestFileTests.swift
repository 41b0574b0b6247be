import Quantities
import Testing
import Workload
import YAMLTree

private func parse(_ text: String, channels: Int? = 32) throws(DiagnosticList) -> [Request] {
    try RequestFile.parse(SourceFile(name: "r.csv", text: text), channels: channels).requests
}

private func failure(_ text: String) -> String {
    do {
        _ = try parse(text)
        return "accepted"
    } catch {
        return error.description
    }
}

@Suite struct RequestFileTests {
    @Test func snapshotsWithAndWithoutChannels() throws {
        let requests = try parse("seq_len,ch_idx\n200,3\n17,31\n")
        #expect(
            requests == [
                Request(id: 0, contextTokens: 200, channel: 3), Request(id: 1, contextTokens: 17, channel: 31),
            ])
        #expect(try parse("seq_len\n200\n") == [Request(id: 0, contextTokens: 200)])
        #expect(try parse("ch_idx,seq_len\n3,200\n") == [Request(id: 0, contextTokens: 200, channel: 3)])
    }

    @Test func wholeRequestsWithAndWithoutArrivals() throws {
        #expect(
            try parse("input_tokens,output_tokens,arrival_ns\n12,56,1500\n")
                == [Request(id: 0, promptTokens: 12, outputTokens: 56, arrival: .nanoseconds(1500))])
        #expect(
            try parse("input_tokens,output_tokens\n12,56\n") == [Request(id: 0, promptTokens: 12, outputTokens: 56)])
    }

    @Test func quotesCRLFByteOrderMarkBlankAndCommentLinesAreAccepted() throws {
        let text = "\u{FEFF}# made by hand\r\n\"seq_len\",ch_idx\r\n\r\n\"200\",3\r\n# note, with comma\r\n17,\"31\""
        #expect(try parse(text).map(\.contextTokens) == [200, 17])
        #expect(try parse(text).map(\.id) == [0, 1])
    }

    @Test func allMistakesOfAFileAreReported() {
        let text = "seq_len,ch_idx\n0,1\n-4,1\nabc,40\n99999999999,1\n,1\n10\n10,1,2\n1.5,1\n20,2\n 7,1\n"
        #expect(
            failure(text) == """
                r.csv:2:1: error: 'seq_len' is 0 but must be between 1 and 2147483647
                r.csv:3:1: error: 'seq_len' is -4 but must be between 1 and 2147483647
                r.csv:4:1: error: 'seq_len' must be a whole number, not 'abc'
                r.csv:4:5: error: 'ch_idx' is 40 but must be between 0 and 31
                r.csv:5:1: error: 'seq_len' is 99999999999 but must be between 1 and 2147483647
                r.csv:6:1: error: 'seq_len' must be a whole number, not nothing
                r.csv:7:1: error: this line has 1 cell, the header 2
                r.csv:8:6: error: this line has 3 cells, the header 2
                r.csv:9:1: error: 'seq_len' must be a whole number, not '1.5'
                r.csv:11:1: error: 'seq_len' must be a whole number, not ' 7'
                """)
    }

    @Test(arguments: [
        ("", "r.csv: error: the file is empty; its first line must name the columns"),
        ("\n# nothing\n", "r.csv: error: the file is empty; its first line must name the columns"),
        ("seq_len\n", "r.csv: error: the file has a header but no requests"),
        ("200,3\n", "r.csv:1:1: error: the first line must name the columns, such as 'seq_len', not '200'"),
        ("seqlen\n1\n", "r.csv:1:1: error: unknown column 'seqlen'; did you mean 'seq_len'?"),
        ("ch_idx\n1\n", "r.csv:1:1: error: missing column 'seq_len'"),
        ("input_tokens\n1\n", "r.csv:1:1: error: missing column 'output_tokens'"),
        ("arrival_ns\n1\n", "r.csv:1:1: error: missing column 'seq_len', or 'input_tokens' and 'output_tokens'"),
        ("seq_len,seq_len\n1,1\n", "r.csv:1:9: error: duplicate column 'seq_len'"),
        ("seq_len,arrival_ns\n1,1\n", "r.csv:1:9: error: column 'arrival_ns' does not go with 'seq_len'"),
        ("seq_len\n\"12\n", "r.csv:2:1: error: the quote opened here is not closed"),
        ("seq_len\n\"12\"3\n", "r.csv:2:5: error: text behind the closing quote of a cell"),
        (
            "seq_len\n1\"2\n",
            "r.csv:2:2: error: a quote inside a cell; put the whole cell in quotes and double this one"
        ),
        (
            "seq_len\r12\r",
            "r.csv:1:8: error: a carriage return without a line feed; save the file with LF or CRLF line ends"
        ),
    ])
    func brokenFilesAreExplained(text: String, expected: String) {
        #expect(failure(text) == expected)
    }

    @Test func onlyTwentyMistakesAreShown() {
        let lines = failure("seq_len\n" + String(repeating: "x\n", count: 23)).split(separator: "\n")
        #expect(lines.count == 21)
        #expect(lines[19] == "r.csv:21:1: error: 'seq_len' must be a whole number, not 'x'")
        #expect(lines[20] == "r.csv: error: 3 more mistakes not shown")
    }

    @Test func cellsMayHoldCommasQuotesAndLineBreaks() throws {
        let table = try CSVTable(SourceFile(name: "r.csv", text: "a,\"b,\"\"c\"\"\nd\",e\nf\n"))
        #expect(table.records.map { $0.map(\.text) } == [["a", "b,\"c\"\nd", "e"], ["f"]])
        #expect(table.records[1][0].mark == Mark(file: "r.csv", line: 3, column: 1))
    }
}
