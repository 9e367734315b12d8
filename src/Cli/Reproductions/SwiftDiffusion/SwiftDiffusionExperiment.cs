using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>SwiftDiffusion, published as Katz (USENIX ATC '25): serving with ControlNets and LoRAs.</summary>
internal sealed class SwiftDiffusionExperiment : IExperiment
{
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
        return book;
    }
}
