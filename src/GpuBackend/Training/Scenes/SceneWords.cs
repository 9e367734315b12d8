namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Shapes of objects, by the names that captions have for them.</summary>
public enum SceneShape
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>A square on its side.</summary>
    Square,

    /// <summary>A triangle that points up.</summary>
    Triangle,

    /// <summary>A star of five points.</summary>
    Star,

    /// <summary>A square on its corner.</summary>
    Diamond,

    /// <summary>A plus of two bars.</summary>
    Cross,
}

/// <summary>Colours of objects.</summary>
public enum SceneColour
{
    /// <summary>Red.</summary>
    Red,

    /// <summary>Green.</summary>
    Green,

    /// <summary>Blue.</summary>
    Blue,

    /// <summary>Yellow.</summary>
    Yellow,

    /// <summary>Purple.</summary>
    Purple,

    /// <summary>White.</summary>
    White,
}

/// <summary>Sizes of objects.</summary>
public enum SceneSize
{
    /// <summary>14 pixels across.</summary>
    Small,

    /// <summary>22 pixels across.</summary>
    Large,
}

/// <summary>How objects are filled.</summary>
public enum SceneTexture
{
    /// <summary>One colour; captions do not mention it.</summary>
    Plain,

    /// <summary>Dark stripes over the colour.</summary>
    Striped,

    /// <summary>Dark dots over the colour.</summary>
    Dotted,
}

/// <summary>What objects stand on.</summary>
public enum SceneBackground
{
    /// <summary>Light brown, with ripples.</summary>
    Sand,

    /// <summary>Dark green, with blades.</summary>
    Grass,

    /// <summary>Light blue, lighter towards the ground.</summary>
    Sky,

    /// <summary>Grey, with cobbles.</summary>
    Stone,
}
