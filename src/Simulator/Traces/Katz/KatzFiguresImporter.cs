using System.Globalization;
using SimServe.Policies;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Traces.Katz;

/// <summary>Requests as the figures of Katz describe them (<c>katz_trace_figures_digitised.json</c>), which hold no requests.</summary>
/// <param name="options">What fills everything but services and adapters; arrivals are the pattern's.</param>
/// <remarks>
/// From the file: how many requests every node of the two services served, hence how many there are (549,433) and of which service they are, which is
/// their tenant. Each is of a node drawn among what all nodes have yet to serve, and has the adapters that follow at that node in the populations
/// <c>service-a</c> and <c>service-b</c>, fitted to the same figures.
/// </remarks>
public sealed class KatzFiguresImporter(TraceImportOptions options) : ITraceImporter
{
    /// <inheritdoc/>
    public IReadOnlyList<TraceRequest> Import(Stream stream, string file)
    {
        var figures = KatzFigures.Read(stream, file);
        var nodes = ShuffledNodes(figures.A.Nodes, figures.B.Nodes);
        var (a, b) = (new NamedAdapters("service-a", "A", options.Seed, figures.A.Nodes.Count), new NamedAdapters("service-b", "B", options.Seed, figures.B.Nodes.Count));
        var missing = new MissingValues(options);
        return [.. nodes.Select((node, number) => node < figures.A.Nodes.Count
            ? a.Fill(missing.Next(number), node)
            : b.Fill(missing.Next(number), node - figures.A.Nodes.Count))];
    }

    // Every node as often as it has requests, in random order (Fisher and Yates).
    private int[] ShuffledNodes(IReadOnlyList<KatzNode> a, IReadOnlyList<KatzNode> b)
    {
        int[] order = [.. a.Concat(b).SelectMany(static (node, number) => Enumerable.Repeat(number, node.Requests))];
        var random = new RandomStream(options.Seed, "katz:nodes");
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    private sealed class NamedAdapters(string population, string service, long seed, int nodes)
    {
        private readonly AdapterSource _source = new(AdapterPopulations.Parse(population), seed, Math.Max(1, nodes));
        private readonly Dictionary<(char Kind, int Number), string> _names = [];

        public TraceRequest Fill(TraceRequest drawn, int node)
        {
            var set = _source.NextAt(node);
            return drawn with { Tenant = service, ControlNets = Names('C', set.ControlNets), Loras = Names('L', set.Loras) };
        }

        private string[] Names(char kind, IReadOnlyList<int> numbers) => [.. numbers.Select(number => Name(kind, number))];

        // As GenTD26 numbers its models: a letter, and the rank in popularity from 0.
        private string Name(char kind, int number)
        {
            if (!_names.TryGetValue((kind, number), out var name))
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{service}-{kind}{number}");
                _names.Add((kind, number), name);
            }

            return name;
        }
    }
}
