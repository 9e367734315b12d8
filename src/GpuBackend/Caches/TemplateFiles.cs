using System.Collections.Concurrent;
using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using TorchSharp;

namespace SimServe.GpuBackend.Caches;

/// <summary>Recordings in a folder, one file for each template, model, number of steps and type of numbers.</summary>
/// <remarks>Several runs may share a folder, at once or one after the other. Any thread may call it.</remarks>
public sealed class TemplateFiles
{
    private readonly ConcurrentDictionary<EditTemplate, RecordingIdentity> _identities = new();
    private readonly ServedModel _model;
    private readonly int _steps;
    private readonly Lazy<string> _modelHash;

    /// <summary>Opens a folder, and makes it where there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model that records.</param>
    /// <param name="steps">Denoising steps of recordings.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public TemplateFiles(string folder, ServedModel model, int steps)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        (Folder, _model, _steps) = (Path.GetFullPath(folder), model, steps);
        Memory = model.Device.type == DeviceType.CUDA && CudaInterop.Process is { } cuda ? bytes => new PinnedMemory(cuda, bytes) : HostMemory.Pageable;
        _modelHash = new Lazy<string>(() => ModelIdentity.Of(model));
        Directory.CreateDirectory(Folder);
        WholeFile.Sweep(Folder);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Where the rows of a recording that is read go: host memory of so many bytes, e.g. pinned; <c>null</c>: they are used where they lie in the mapped file.</summary>
    /// <value>Pinned memory where the model computes with CUDA, else <see cref="HostMemory.Pageable"/>.</value>
    public Func<long, HostMemory>? Memory { get; init; }

    /// <summary>Bytes of a recording's rows.</summary>
    public long RowBytes => _steps * _model.Rows.StepBytes;

    /// <summary>The file of a template's recording, be it there or not.</summary>
    /// <param name="template">The template.</param>
    public string PathOf(EditTemplate template) => Path.Combine(Folder, IdentityOf(template).FileName);

    /// <summary>Whether there is a file; only reading shows whether it is sound.</summary>
    /// <param name="template">The template.</param>
    public bool Has(EditTemplate template) => File.Exists(PathOf(template));

    /// <summary>Writes a recording.</summary>
    /// <param name="recording">The recording, of this folder's model and steps.</param>
    /// <exception cref="IOException">It cannot be written, e.g. because the disk is full.</exception>
    public void Write(TemplateRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        TemplateFile.Write(PathOf(recording.Template), recording, IdentityOf(recording.Template));
    }

    /// <summary>Reads a recording.</summary>
    /// <param name="template">The template.</param>
    /// <param name="fault">Which file, and what was found, when there is none that can be used.</param>
    /// <returns>The recording, or <c>null</c>.</returns>
    public TemplateRecording? TryRead(EditTemplate template, out string? fault)
    {
        var path = PathOf(template);
        try
        {
            fault = null;
            return TemplateFile.Read(path, IdentityOf(template), _model, template, Memory);
        }
        catch (Exception error) when (error is ModelFileException or IOException or UnauthorizedAccessException)
        {
            fault = error.Message.Contains(path, StringComparison.Ordinal) ? error.Message : $"{path}: {error.Message}";
            return null;
        }
    }

    /// <summary>Deletes a template's file, if there is one.</summary>
    /// <param name="template">The template.</param>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public void Delete(EditTemplate template) => File.Delete(PathOf(template));

    private RecordingIdentity IdentityOf(EditTemplate template) =>
        _identities.GetOrAdd(template, key => RecordingIdentity.Of(_model, _modelHash.Value, key, _steps));
}
