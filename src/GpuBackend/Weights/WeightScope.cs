namespace SimServe.GpuBackend.Weights;

/// <summary>The weights under one name of a model's tree, as a part's constructor takes them.</summary>
/// <param name="Store">Owner of all weights.</param>
/// <param name="Path">The part's name with dots, empty at the root: what adapters and hooks call it.</param>
/// <param name="FilePath">Its name in the file, where that is an older one.</param>
public readonly record struct WeightScope(WeightStore Store, string Path, string FilePath)
{
    /// <summary>A child by name; dots go deeper.</summary>
    public WeightScope Sub(string name) => new(Store, Join(Path, name), Join(FilePath, name));

    /// <summary>A numbered child.</summary>
    public WeightScope Sub(string name, int number) => Sub($"{name}.{number}");

    /// <summary>A child that older files store under another name.</summary>
    /// <param name="name">Its name today.</param>
    /// <param name="older">Its name in older files.</param>
    public WeightScope SubOrOlder(string name, string older) =>
        Store.Has(Join(FilePath, name) + ".weight") || !Store.Has(Join(FilePath, older) + ".weight")
            ? Sub(name)
            : new WeightScope(Store, Join(Path, name), Join(FilePath, older));

    /// <summary>Whether the files have a tensor of this name here; always true for weights that come from no file.</summary>
    public bool Has(string name) => Store.Has(Join(FilePath, name));

    /// <summary>One weight tensor.</summary>
    /// <param name="name">Its last name, for instance <c>weight</c>.</param>
    /// <param name="initialization">Its value where no file gives it.</param>
    /// <param name="shape">Its sizes, checked against the file.</param>
    public Weight Take(string name, Initialization initialization, params ReadOnlySpan<long> shape) =>
        Store.Take(Join(Path, name), Join(FilePath, name), initialization, shape.ToArray());

    /// <summary>Where the part shows its inputs and outputs.</summary>
    internal Tap Tap() => new(Store.Hooks, Path);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
