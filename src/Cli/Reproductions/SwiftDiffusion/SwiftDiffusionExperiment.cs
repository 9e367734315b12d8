using SimServe.Cli.Reproductions.SwiftDiffusion.Load;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>SwiftDiffusion, published as Katz (USENIX ATC '25): serving with ControlNets and LoRAs.</summary>
internal sealed class SwiftDiffusionExperiment : IExperiment
{
    // A queue under bursts needs one long run more than many short ones: replications make it longer.
    private const int RequestsOfReplication = 75;
    private const int FewestRequests = 300;

    public string Id => "swiftdiffusion";

    public string Title => "SwiftDiffusion / Katz (ATC '25): ControlNets and LoRAs";

    public MeasurementBook Run(ExperimentFile file, ExperimentContext context)
    {
        var (book, constants) = (new MeasurementBook(), file.Constants);
        context.Say("adapters of the two services, through caches");
        AdapterRows.Add(book, constants);
        var engine = new KatzEngine(constants);
        context.Say("single requests, with and without adapters");
        EndToEndRows.Add(book, engine);
        ControlNetRows.Add(book, engine);
        LoraRows.Add(book, engine);
        context.Say("other GPUs, links and models");
        BatchRows.Add(book, constants);
        BranchRows.Add(book, engine);
        SlowLinkRows.Add(book, engine, constants);
        TransformerRows.Add(book, engine, constants);
        context.Say("policies under load");
        AddLoads(book, new LoadSimulator(engine, constants, Math.Max(FewestRequests, RequestsOfReplication * context.Replications)), context);
        return book;
    }

    private static void AddLoads(MeasurementBook book, LoadSimulator simulator, ExperimentContext context)
    {
        var table = LoadTable.Of(simulator, LoadStudy.Points, context);
        LoadRows.Add(book, table);
        book.Add(LoadCharts.Curve(table));
        book.Add(LoadCharts.Sharing(table));
        context.Output.Write(LoadFile.Name, path => File.WriteAllText(path, LoadFile.Of(table)));
    }
}
