using System.Text;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Traces.Katz;

namespace SimServe.Simulator.Tests.Traces.Katz;

public sealed class KatzFiguresTests
{
    private const string File = "traces/katz/katz_trace_figures_digitised.json";

    private const string Small = """
        {
          "controlnet_cum_share_pct_by_topk": {"A": [[1, 60], [2, 100]], "B": []},
          "lora_cum_share_pct_by_topk": {"A": [], "B": [[3, 50.5]]},
          "avg_loads_per_request_LRU_A": {"controlnet": [1, 0.5], "lora": [2, 1], "cache_sizes": [1, 2]},
          "avg_loads_per_request_LRU_B": {"controlnet": [], "lora": [], "cache_sizes": []},
          "avg_loads_per_request_LFU_A": {"controlnet": [], "lora": [], "cache_sizes": []},
          "avg_loads_per_request_LFU_B": {"controlnet": [], "lora": [], "cache_sizes": []},
          "nodes_requests_vs_unique_loras_A": [[30, 10], [20, 5]],
          "nodes_requests_vs_unique_loras_B": [[50, 1]]
        }
        """;

    // Sums and shares: add-ons.md, sections 1.1 and 1.3.
    [Test]
    public void The_published_file_is_read_whole()
    {
        using var stream = SharedData.Open(File);
        var figures = KatzFigures.Read(stream, File);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(figures.A.Nodes.Sum(static node => node.Requests), Is.EqualTo(164_194));
            Assert.That(figures.B.Nodes.Sum(static node => node.Requests), Is.EqualTo(385_239));
            Assert.That((figures.A.Nodes.Count, figures.B.Nodes.Count), Is.EqualTo((165, 302)));
            Assert.That(figures.A.ControlNetShares.Single(static share => share.Most == 5).Percent, Is.EqualTo(97.6).Within(0.05));
            Assert.That(figures.B.LoraShares[^1].Percent, Is.EqualTo(97.8).Within(0.05));
            Assert.That(figures.B.LeastFrequentlyUsed.ControlNets[6], Is.EqualTo(0.359));
            Assert.That(figures.A.LeastRecentlyUsed.Loras, Has.Count.EqualTo(10));
        }
    }

    [Test]
    public void Imported_requests_are_those_of_the_nodes_with_adapters_of_their_service()
    {
        var trace = Import(Small);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.CountBy(static request => request.Tenant), Is.EquivalentTo(new Dictionary<string, int> { ["A"] = 50, ["B"] = 50 }));
            Assert.That(trace.Select(static request => request.Id), Is.EqualTo(Enumerable.Range(0, 100)));
            Assert.That(trace.All(static request => request.ControlNets.Concat(request.Loras).All(name => name.StartsWith(request.Tenant, StringComparison.Ordinal))));
            Assert.That(trace.Count(static request => request.ControlNets.Count > 0), Is.GreaterThan(90));
            Assert.That(Import(Small), Is.EqualTo(trace).Using<TraceRequest>(static (a, b) => (a.Id, a.Tenant, string.Join(';', a.Loras)) == (b.Id, b.Tenant, string.Join(';', b.Loras))));
        }
    }

    [TestCase("[1, 60]", "[1, -60]", "line 2, column 50 ($.controlnet_cum_share_pct_by_topk.A[0][1]): found -60;")]
    [TestCase("[1, 60]", "[1]", "($.controlnet_cum_share_pct_by_topk.A[0]): found 1 numbers")]
    [TestCase("[1, 60]", "7", "($.controlnet_cum_share_pct_by_topk.A[0]): found 7; allowed: a list.")]
    [TestCase("[1, 0.5]", "[1]", "($.avg_loads_per_request_LRU_A): found 1 controlnet, 2 lora and 2 cache_sizes;")]
    [TestCase("\"lora\": [2, 1]", "\"loras\": [2, 1]", "($.avg_loads_per_request_LRU_A): found an object without lora;")]
    [TestCase("\"lora\": [2, 1]", "\"lora\": [2, 1], \"lora\": []", "($.avg_loads_per_request_LRU_A.lora): found \"lora\"; allowed: every key once.")]
    [TestCase("nodes_requests_vs_unique_loras_B", "nodes_C", "($.nodes_C): found \"nodes_C\";")]
    [TestCase("[50, 1]", "[NaN, 1]", "($.nodes_requests_vs_unique_loras_B[0]): found \"NaN, 1]]")]
    public void A_bad_value_is_named_by_line_column_and_path(string good, string bad, string expected) =>
        Assert.That(() => Import(Small.Replace(good, bad, StringComparison.Ordinal)), Throws.InstanceOf<InvalidInputException>().With.Message.Contains(expected));

    [Test]
    public void A_file_cut_short_anywhere_is_refused()
    {
        for (var length = 0; length < Small.TrimEnd().Length; length += 7)
        {
            Assert.That(() => Import(Small[..length]), Throws.InstanceOf<InvalidInputException>().With.Message.Contains("has 1 fault:").And.Message.Contains("found the end of the file"), Small[..length]);
        }
    }

    private static IReadOnlyList<TraceRequest> Import(string text) =>
        new KatzFiguresImporter(new TraceImportOptions()).Import(new MemoryStream(Encoding.UTF8.GetBytes(text)), "t");
}
