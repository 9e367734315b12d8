using SimServe.Policies;

namespace SimServe.Simulator.Devices;

/// <summary>What the simulated devices of one machine share: its host memory with the templates recorded in it.</summary>
/// <param name="warm">Whether every template has been recorded before the run.</param>
public sealed class SimulatedHost(bool warm)
{
    private readonly HashSet<TemplateId> _templates = [];

    /// <summary>Whether a template's activation cache is in host memory.</summary>
    /// <param name="template">The template.</param>
    public bool Holds(TemplateId template) => warm || _templates.Contains(template);

    /// <summary>Puts a template's activation cache into host memory.</summary>
    /// <param name="template">The template.</param>
    public void Add(TemplateId template) => _templates.Add(template);
}
