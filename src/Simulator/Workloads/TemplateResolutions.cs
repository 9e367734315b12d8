using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Which size each template of a run has: an edit has the size of the image that it changes.</summary>
/// <remarks>One number from a stream of its own for each template, in order: more templates change no size of those before them.</remarks>
internal sealed class TemplateResolutions
{
    private readonly byte[]? _choices;

    public TemplateResolutions(WorkloadOptions options, long runSeed)
    {
        if (options.Resolutions.Count < 2)
        {
            return;
        }

        var (choice, random) = (new WeightedChoice(options.Resolutions.Select(static choice => choice.Weight)), new RandomStream(runSeed, "resolutions"));
        _choices = new byte[options.Templates];
        for (var template = 0; template < _choices.Length; template++)
        {
            _choices[template] = (byte)choice.Sample(random);
        }
    }

    // Its index among the workload's resolutions.
    public int Of(TemplateId template) => _choices is null ? 0 : _choices[template.Value];
}
