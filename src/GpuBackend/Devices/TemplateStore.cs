using System.Collections.Concurrent;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>The templates of one machine and the activation caches of those that have been recorded, in host memory.</summary>
/// <param name="templates">All templates, by their numbers.</param>
/// <remarks>Shared by the machine's devices; safe to use from their threads.</remarks>
public sealed class TemplateStore(IReadOnlyList<EditTemplate> templates) : IDisposable
{
    private readonly ConcurrentDictionary<TemplateId, TemplateRecording> _recordings = new();

    /// <summary>Number of templates.</summary>
    public int Count => templates.Count;

    /// <summary>A template.</summary>
    /// <param name="id">Its number, from 0 to <see cref="Count"/> - 1.</param>
    public EditTemplate this[TemplateId id] => templates[id.Value];

    /// <summary>Whether a template has been recorded.</summary>
    /// <param name="id">Its number.</param>
    public bool Holds(TemplateId id) => _recordings.ContainsKey(id);

    /// <summary>A template's recording.</summary>
    /// <param name="id">Its number.</param>
    /// <exception cref="KeyNotFoundException">It has not been recorded.</exception>
    public TemplateRecording Recording(TemplateId id) => _recordings[id];

    /// <summary>Uses a template's recording, unless it has not been recorded or was lost: then <c>null</c>.</summary>
    /// <param name="id">Its number.</param>
    public RecordingUse? TryUse(TemplateId id) => _recordings.TryGetValue(id, out var recording) ? recording.TryUse() : null;

    /// <summary>Keeps a recording; of two recordings of one template the first is kept, since edits may already use it.</summary>
    /// <param name="id">The template's number.</param>
    /// <param name="recording">The recording, owned by the store from now on.</param>
    public void Add(TemplateId id, TemplateRecording recording)
    {
        if (!_recordings.TryAdd(id, recording))
        {
            recording.Dispose();
        }
    }

    /// <summary>Loses recordings: their templates must be recorded anew. Edits that use them already may go on.</summary>
    /// <param name="lost">Which templates' recordings are lost.</param>
    public void Lose(Predicate<TemplateId> lost)
    {
        foreach (var id in _recordings.Keys)
        {
            if (lost(id) && _recordings.TryRemove(id, out var recording))
            {
                recording.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var recording in _recordings.Values)
        {
            recording.Dispose();
        }

        _recordings.Clear();
    }
}
