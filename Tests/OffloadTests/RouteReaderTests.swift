import Foundation
import Offload
import Testing
import YAMLTree

@Suite struct RouteReaderTests {
    private let shape = RouteShape(layers: 2, experts: 8, topK: 2)
    private let header = "request,token,layer,e0,e1\n"

    @Test func plainTextAndCommentsAreRead() throws {
        let text = "# routes\r\nrequest,token,layer,e0,e1,p0,p1\r\n0,3,0,7,1,0.75,2.5e-1\r\n\n0,3,1,0,2,1,0"
        let routes = try withFile(Data(text.utf8)) { try Routes.load(path: $0, shape: shape) }
        #expect(routes.tokens == [.init(request: 0, position: 3)])
        #expect(routes.experts == [7, 1, 0, 2] && routes.weights == [0.75, 0.25, 1, 0])
    }

    @Test func theFirstTokensAloneCanBeRead() throws {
        let routes = try Routes.load(path: realRoutes, shape: gptOSS20B, limit: 3)
        #expect(routes.tokens.map(\.position) == [0, 1, 2] && routes.experts[..<4] == [31, 21, 22, 6])
    }

    @Test(arguments: [
        ("", "r: error: the file is empty; its first line must name the columns"),
        ("request,token,layer,e0,e1\n", "r: error: the file has a header but no routes"),
        ("request,layer\n", "r:1:9: error: column 2 must be 'token', not 'layer'"),
        ("request,token\n", "r:1:14: error: column 3 must be 'layer', not nothing"),
        ("request,token,layer,e0,x1\n", "r:1:24: error: column 5 must be 'e1' or 'p0', not 'x1'"),
        (
            "request,token,layer,e0,e1,e2\n",
            "r:1:21: error: the file has 3 experts for each token and layer, but the model uses 2"
        ),
        (
            "request,token,layer,e0,e1,p0\n",
            "r:1:29: error: missing column 'p1'; there must be one weight for each expert, or none"
        ),
    ])
    func aWrongHeaderIsReported(text: String, message: String) {
        #expect(mistake(text, shape: shape) == message)
    }

    @Test(arguments: [
        ("0,0,0,1,8", "r:2:9: error: 'e1' is 8 but must be between 0 and 7"),
        ("0,0,2,1,2", "r:2:5: error: 'layer' is 2 but must be between 0 and 1"),
        ("0,0,0,1,x", "r:2:9: error: 'e1' must be a whole number, not 'x'"),
        ("0,0,0,-1,2", "r:2:7: error: 'e0' must be a whole number, not '-1'"),
        ("0,,0,1,2", "r:2:3: error: 'token' must be a whole number, not nothing"),
        ("0,0,0,1", "r:2:8: error: this line has 4 cells, the header 5"),
        ("0,0,0,1,2,3", "r:2:11: error: this line has 6 cells, the header 5"),
        ("0,0,0,3,3", "r:2:9: error: expert 3 is named twice, in 'e0' and 'e1'"),
        ("0,0,1,1,2", "r:2:5: error: request 0, token 0: layer 0 is missing"),
        ("0,0,0,1,2\n0,1,0,1,2", "r:3:3: error: request 0, token 0: layer 1 is missing"),
        ("0,0,0,1,2\n0,0,0,1,2", "r:3:5: error: layer 0 of request 0, token 0 follows layer 0"),
        ("0,0,0,1,2", "r: error: the file ends, but request 0, token 0: layer 1 is missing"),
        (
            "0,5,0,1,2\n0,5,1,1,2\n0,4,0,1,2",
            "r:4:3: error: token 4 of request 0 follows token 5; tokens must be in order"
        ),
        (
            "0,5,0,1,2\n0,5,1,1,2\n0,5,0,1,2",
            "r:4:5: error: request 0, token 5 comes again; all its 2 layers were given"
        ),
        (
            "0,0,0,1,2\n0,0,1,1,2\n1,0,0,1,2\n1,0,1,1,2\n0,1,0,1,2",
            "r:6:1: error: request 0 comes again; the tokens of a request must follow one another"
        ),
    ])
    func aWrongLineIsReported(lines: String, message: String) {
        #expect(mistake(header + lines + (message.contains("file ends") ? "" : "\n"), shape: shape) == message)
    }

    @Test func bytesThatDoNotPrintAreShownByTheirNumbers() {
        #expect(
            mistake(header + "0,0,0,1,\u{0}\n", shape: shape) == "r:2:9: error: 'e1' must be a whole number, not '\\0'"
        )
        #expect(mistake("\u{FEFF}" + header + "0,0,0,1,9\n", shape: shape).hasPrefix("r:2:9: error: 'e1' is 9"))
    }

    @Test func aMissingFileIsNoInput() {
        #expect(throws: DiagnosticList(Diagnostic("no such file", at: Mark(file: "no.csv"), kind: .noInput))) {
            try Routes.load(path: "no.csv", shape: shape)
        }
        #expect(throws: DiagnosticList.self) { try Routes.load(path: NSTemporaryDirectory(), shape: shape) }
    }

    @Test func brokenGzipIsReportedWhereItBreaks() throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: realRoutes))
        let short = mistake(bytes.prefix(bytes.count / 2), suffix: ".csv.gz", shape: gptOSS20B)
        #expect(short.hasSuffix("error: broken gzip: the compressed data end too early") && short.hasPrefix("r:"))
        bytes[bytes.count - 6] ^= 0xFF
        let wrong = mistake(bytes, suffix: ".csv.gz", shape: gptOSS20B)
        #expect(wrong.hasSuffix("error: broken gzip: incorrect data check"))
        // A wrong byte in the middle unpacks to nonsense long before the checksum.
        bytes[bytes.count - 6] ^= 0xFF
        bytes[bytes.count / 2] ^= 0x10
        let nonsense = mistake(bytes, suffix: ".csv.gz", shape: gptOSS20B)
        #expect(nonsense.contains("error: broken gzip: ") && nonsense.hasPrefix("r:"))
        #expect(mistake(Data(header.utf8), suffix: ".csv.gz", shape: shape) == "r: error: this is not gzip data")
    }
}
